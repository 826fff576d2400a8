"""From stored windows to training batches: token rows, what is known, which words are dropped."""

import numpy as np
import torch
from torch import Tensor

from .model import CODE, MASK, TOKENS, WIDTH, identity_codes
from .script import GLOBALS, LINK, NOUN, WORDS_OF_CAST
from .stage.scenery import SIZE as BACKGROUND
from .state import CURTAIN, K, T

DROPPED_WORDS = [GLOBALS.index(name) for name in ("set", "time", "weather", "camera", "mood")]
"""Global fields that guidance drops; the frame's shape and the picture flag stay."""
PREFIX = T - 5 * 8
"""Keys of a window that its predecessor has already shown."""


def pack(states: Tensor, nouns: Tensor, background: Tensor) -> Tensor:
    """Token rows [B, TOKENS, WIDTH] from scaled states [B, K + 1, T, D], noun ids [B, K] and background [B, NB]."""
    b = states.shape[0]
    rows = torch.zeros(b, TOKENS, WIDTH)
    rows[:, : K + 1, CODE:] = states.flatten(2)
    codes = torch.from_numpy(identity_codes())
    rows[:, :K, :CODE] = codes[nouns.clamp(min=0).long()] * (nouns >= 0)[..., None]
    rows[:, K + 1, :BACKGROUND] = background
    return rows


def draw_mask(cast: Tensor, kind: Tensor, gen: torch.Generator) -> Tensor:
    """[B, TOKENS, MASK]: what each example gives away. Continuations always give their first keys; others sometimes a first or last key, a
    brushed path, the camera's whole track, the background."""
    b = cast.shape[0]
    mask = torch.zeros(b, TOKENS, MASK)
    u = torch.rand(b, 6, generator=gen)
    second, free_camera, path = kind[:, 0] > 0, kind[:, 1] > 0, kind[:, 2]
    key = torch.arange(T)[None]
    prefix = second | (u[:, 0] < 0.07)
    first = ~prefix & (u[:, 0] < 0.16)
    last = u[:, 1] < 0.1
    keys = (prefix[:, None] & (key < PREFIX)) | (first[:, None] & (key == CURTAIN)) | (last[:, None] & (key == T - 1))
    mask[:, : K + 1, 1 + T :] = keys[:, None].float()
    seen = (prefix | first | last)[:, None]
    mask[:, :K, 0] = ((cast[:, :, NOUN] > 0) | seen).float()
    mask[:, K + 1, 0] = (seen[:, 0] | (u[:, 2] < 0.05)).float()
    given_camera = free_camera & (u[:, 3] < 0.9) | (u[:, 3] < 0.05)
    mask[:, K, 1 + T :] = torch.maximum(mask[:, K, 1 + T :], given_camera[:, None].float())
    root = (cast[:, :, LINK] == 0) & (cast[:, :, NOUN] > 0)
    pinned = torch.zeros(b, K, dtype=torch.bool)
    has_path = (path >= 0) & (u[:, 4] < 0.92)
    pinned[torch.arange(b)[has_path], path[has_path].long()] = True
    some = (u[:, 5] < 0.06)[:, None] & (torch.rand(b, K, generator=gen) < 0.6) & root
    pinned = (pinned | some) & root
    mask[:, :K, 1 : 1 + T] = (pinned[:, :, None] & (key >= CURTAIN)[None]).float()
    return mask


def drop_words(words: Tensor, cast: Tensor, gen: torch.Generator, odds: float = 0.12) -> tuple[Tensor, Tensor]:
    """Classifier-free guidance (Ho & Salimans 2022): some examples lose their words; single words get lost now and then as well."""
    b = words.shape[0]
    lost = torch.rand(b, generator=gen) < odds
    words, cast = words.clone(), cast.clone()
    for field in DROPPED_WORDS:
        words[lost | (torch.rand(b, generator=gen) < 0.04), field] = 0
    for field in WORDS_OF_CAST:
        cast[:, :, field] = torch.where(lost[:, None], 0, cast[:, :, field])
    return words, cast


class Windows:
    """The data set in memory; `draw` makes one batch."""

    def __init__(self, arrays: dict[str, np.ndarray], seed: int):
        self.arrays = {key: torch.from_numpy(value) for key, value in arrays.items()}
        self.seed = seed

    def __len__(self) -> int:
        return len(self.arrays["nouns"])

    def draw(self, step: int, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """(x0, mask, words, cast, t, noise) of step `step`: the same for every run."""
        gen = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        index = torch.randint(0, len(self), (size,), generator=gen)
        part = {key: value[index] for key, value in self.arrays.items()}
        cast, words = part["cast"].long(), part["globals"].long()
        x0 = pack(part["states"].float(), part["nouns"], part["background"].float())
        mask = draw_mask(cast, part["kind"], gen)
        words, cast = drop_words(words, cast, gen)
        t = torch.sigmoid(torch.randn(size, generator=gen) * 1.1 - 0.4)
        noise = torch.randn(x0.shape, generator=gen)
        return x0, mask, words, cast, t, noise


