"""The sampler in Python: Euler steps with classifier-free guidance, as the TypeScript runtime does it. For previews, curves and checks."""

from dataclasses import dataclass

import numpy as np
import torch

from .batch import DROPPED_WORDS, pack
from .grammar.decor import DECOR
from .links import ATTACH, resolve
from .model import CODE, MASK, TOKENS, WIDTH, Director, identity_codes
from .script import GLOBALS, LINK, NOUN, WORDS_OF_CAST, parents_of
from .stage.scenery import INDEX, SIZE as BACKGROUND, VARYING, flags, horizon
from .state import FACE, FLAP, K, LEAN, LEG, PRES, SQUASH, T, scale_table
from .words import NOUNS, SETS, Noun


@dataclass
class Take:
    """One sampled window: `states` as the model gave them (world units, linked slots relative), `absolute` cleaned and resolved."""

    states: np.ndarray
    absolute: np.ndarray
    nouns: list[Noun | None]
    background: np.ndarray
    cast: np.ndarray
    words: np.ndarray


def load(path: str) -> Director:
    """The director of a checkpoint, with its averaged weights."""
    saved = torch.load(path, weights_only=False)
    plan = saved["plan"]
    model = Director(plan["width"], plan["layers"], plan["heads"])
    model.load_state_dict(saved["weights"], strict=False)
    return model.eval()


def known_rows(casts: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Known token rows and mask when nothing but the cast is given: the identity of every named slot."""
    cast = torch.from_numpy(casts).long()
    nouns = cast[:, :, NOUN] - 1
    known = pack(torch.zeros(len(casts), K + 1, T, 12), nouns, torch.zeros(len(casts), BACKGROUND))
    mask = torch.zeros(len(casts), TOKENS, MASK)
    mask[:, :K, 0] = (nouns >= 0).float()
    return known, mask


@torch.no_grad()
def sample(model: Director, words: np.ndarray, casts: np.ndarray, seeds: list[int], steps: int = 20, guidance: float = 2.0,
           known: torch.Tensor | None = None, mask: torch.Tensor | None = None) -> list[Take]:
    """One take per row of `words` [n, G] and `casts` [n, K, C]."""
    n = len(words)
    if known is None or mask is None:
        known, mask = known_rows(casts)
    said, cast = torch.from_numpy(words).long(), torch.from_numpy(casts).long()
    quiet, idle = said.clone(), cast.clone()
    quiet[:, DROPPED_WORDS] = 0
    idle[:, :, list(WORDS_OF_CAST)] = 0
    x = torch.stack([torch.randn(TOKENS, WIDTH, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
    times = torch.linspace(0, 1, steps + 1)
    scale = torch.full((1, TOKENS, 1), guidance)
    scale[:, K + 1] = min(guidance, 1.3)
    two = lambda a: torch.cat([a, a])  # noqa: E731
    for i in range(steps):
        t = float(times[i])
        c, u = model(two(x), torch.full((2 * n,), t), two(known), two(mask), torch.cat([said, quiet]), torch.cat([cast, idle])).chunk(2)
        clean = u + scale * (c - u) if t < 0.9 else c
        x = x + (clean - x) / (1 - t) * float(times[i + 1] - times[i]) if i < steps - 1 else clean
    return [finish(x[i].numpy(), words[i], casts[i]) for i in range(n)]


def finish(row: np.ndarray, words: np.ndarray, cast: np.ndarray) -> Take:
    """From token rows to a stage: names for free slots, snapped set, cleaned and absolute states."""
    states = row[: K + 1, CODE:].reshape(K + 1, T, 12) * scale_table()
    kind = SETS[words[GLOBALS.index("set")] - 1] if words[GLOBALS.index("set")] else ""
    codes = identity_codes()
    taken = {NOUNS[line[NOUN] - 1].id for line in cast if line[NOUN] > 0}
    options = DECOR[kind] if kind else sorted({n for nouns in DECOR.values() for n in nouns}, key=lambda noun: noun.index)
    options = [noun for noun in options if noun.id not in taken]  # nobody in a leading role has a double among the decor
    nouns: list[Noun | None] = []
    for slot in range(K):
        if cast[slot, NOUN] > 0:
            nouns.append(NOUNS[cast[slot, NOUN] - 1])
            continue
        head = row[slot, :CODE]
        scores = np.array([codes[noun.index] @ head for noun in options]) / (CODE * 0.64)
        nouns.append(options[int(scores.argmax())] if scores.max() > 0.5 else None)
    background = row[K + 1, :BACKGROUND].copy()
    if kind:
        for name, value in flags(kind).items():
            background[INDEX[name]] = value
        background[INDEX["horizon"]] = np.clip(background[INDEX["horizon"]], horizon(kind) - 0.1, horizon(kind) + 0.1)
    for name in VARYING:
        if background[INDEX[name]] < -0.6:
            background[INDEX[name]] = -1
    attaches = [ATTACH[cast[slot, LINK]] for slot in range(K)]
    absolute = resolve(clean_states(states, nouns), nouns, parents_of(cast), attaches)
    return Take(states, absolute, nouns, background, cast, words)


def clean_states(states: np.ndarray, nouns: list[Noun | None]) -> np.ndarray:
    """Small errors of the model taken out: sharp facing, no trembling legs, sane squash, nobody below the floor."""
    out = states.copy()
    actors = out[:K]
    actors[..., FACE] = np.clip(actors[..., FACE] * 3, -1, 1)
    actors[..., LEG] = np.where(actors[..., LEG] < 0.12, 0, actors[..., LEG])
    actors[..., FLAP] = np.where(actors[..., FLAP] < 0.12, 0, actors[..., FLAP])
    actors[..., SQUASH] = np.clip(actors[..., SQUASH], -0.4, 0.35)
    actors[..., LEAN] = np.clip(actors[..., LEAN], -0.4, 0.4)
    for slot, noun in enumerate(nouns):
        if noun is None:
            out[slot, :, PRES] = -1
    return out


