"""The director: a small diffusion transformer over the slots of a clip.

One token per actor slot (all 48 keys at once), one for the camera, one for the background. It predicts the clean clip x0 from a noisy one
(flow matching, Lipman et al. 2023, in its x-prediction form), is modulated by time and the clip's words through adaLN-single (DiT, Peebles & Xie
2023; PixArt, Chen et al. 2023), normalises queries and keys (Henry et al. 2020), and sees what is known as [noisy | known | mask], as
inpainting diffusion models do. Who does what to whom enters three ways: embeddings of the slot's own line of the script, a projection of its
partner's line, and an attention bias between partners.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .script import CAST_SIZES, GLOBAL_SIZES, NOUN, PARTNER
from .stage.scenery import SIZE as BACKGROUND
from .state import D, K, POSITION, ROT, SIZE, SQUASH, T, X, Y
from .words import NOUNS

CODE = 24
"""Length of a noun's identity code."""
WIDTH = CODE + T * D
"""Length of a token row: actors [code | keys x channels], camera [0 | keys x channels], background [entries | 0]."""
TOKENS = K + 2
MASK = 1 + 2 * T
"""Mask row: identity or background known, position known per key, everything known per key."""
LENS = (X, Y, SIZE, ROT, SQUASH)
"""Channels that the camera uses."""


def identity_codes() -> np.ndarray:
    """[nouns, CODE] float32: fixed random directions of equal length, far from each other (Johnson & Lindenstrauss)."""
    codes = np.random.default_rng(7).normal(size=(len(NOUNS), CODE))
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)
    return (codes * math.sqrt(CODE) * 0.8).astype(np.float32)


def noun_features() -> np.ndarray:
    """[nouns + 1, F]: size, shape, gait, group and anchors, so that nouns of a kind behave alike. Row 0: nobody."""
    groups = sorted({noun.group for noun in NOUNS})
    gaits = sorted({noun.gait for noun in NOUNS})
    rows = [np.zeros(6 + len(groups) + len(gaits) + 10)]
    for noun in NOUNS:
        anchors = [value for name in ("head", "mouth", "hand", "seat", "body") for value in noun.anchors[name]]
        row = [noun.size * 2 - 1, noun.w * 2 - 1.5, noun.h * 2 - 1.5, float(noun.puppet), float(noun.faces), float(bool(noun.wear))]
        row += [float(noun.group == g) for g in groups] + [float(noun.gait == g) for g in gaits] + anchors
        rows.append(np.array(row))
    return np.stack(rows).astype(np.float32)


def row_mask() -> Tensor:
    """[TOKENS, WIDTH]: 1 where a token row holds data. The rest is kept at zero in and out, or it would drift while sampling."""
    mask = torch.zeros(TOKENS, WIDTH)
    mask[:K] = 1
    for channel in LENS:
        mask[K, CODE + channel :: D] = 1
    mask[K + 1, :BACKGROUND] = 1
    return mask


def expand_mask(mask: Tensor) -> Tensor:
    """[B, TOKENS, MASK] -> [B, TOKENS, WIDTH]: which numbers are known."""
    position = mask[:, :, 1 : 1 + T, None]
    all_of_it = mask[:, :, 1 + T :, None]
    pinned = torch.zeros(D)
    pinned[list(POSITION)] = 1
    keys = torch.maximum(position * pinned, all_of_it.expand(-1, -1, -1, D)).flatten(2)
    head = mask[:, :, :1].expand(-1, -1, CODE)
    actors = torch.cat([head, keys], 2)
    background = mask[:, K + 1 :, :1].expand(-1, -1, WIDTH)
    return torch.cat([actors[:, : K + 1], background], 1)


def root_mean_square(x: Tensor, gain: Tensor) -> Tensor:
    """RMS normalisation of queries and keys."""
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + 1e-6) * gain


class Block(nn.Module):
    """Attention and MLP, each modulated by (scale, shift, gate)."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.modulation = nn.Parameter(torch.zeros(6, width))
        self.q_gain = nn.Parameter(torch.ones(width // heads))
        self.k_gain = nn.Parameter(torch.ones(width // heads))
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.down.weight)

    def forward(self, x: Tensor, time: Tensor, bias: Tensor) -> Tensor:
        b, n, width = x.shape
        m = time + self.modulation[None]
        y = F.layer_norm(x, (width,)) * (1 + m[:, 0:1]) + m[:, 1:2]
        q, k, v = self.qkv(y).reshape(b, n, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        q, k = root_mean_square(q, self.q_gain), root_mean_square(k, self.k_gain)
        scores = q @ k.transpose(2, 3) * (width // self.heads) ** -0.5 + bias
        a = scores.softmax(-1).to(v.dtype) @ v  # written out: twelve tokens need no fused kernel, and it exports cleanly
        x = x + (1 + m[:, 2:3]) * self.out(a.transpose(1, 2).reshape(b, n, width))
        y = F.layer_norm(x, (width,)) * (1 + m[:, 3:4]) + m[:, 4:5]
        return x + (1 + m[:, 5:6]) * self.down(F.gelu(self.up(y), approximate="tanh"))


class Director(nn.Module):
    """(x, t, known, mask, globals, cast) -> x0. Known numbers come back as they were given."""

    def __init__(self, width: int = 224, layers: int = 6, heads: int = 7):
        super().__init__()
        self.width = width
        lens = len(LENS) * T
        self.actor_in = nn.Linear(2 * WIDTH + MASK, width)
        self.camera_in = nn.Linear(2 * lens + T, width)
        self.background_in = nn.Linear(2 * BACKGROUND + 1, width)
        self.place = nn.Parameter(torch.randn(TOKENS, width) * 0.02)
        self.cast = nn.ModuleList([nn.Embedding(size, width) for size in CAST_SIZES])
        self.words = nn.ModuleList([nn.Embedding(size, width) for size in GLOBAL_SIZES])
        for table in [*self.cast, *self.words]:
            nn.init.normal_(table.weight, 0, 0.2)
        self.register_buffer("features", torch.from_numpy(noun_features()))
        self.feature_in = nn.Linear(self.features.shape[1], width)
        self.rank = nn.Embedding(K + 1, width)
        self.members = nn.Embedding(K + 1, width)
        for table in (self.rank, self.members):
            nn.init.normal_(table.weight, 0, 0.2)
        self.register_buffer("earlier", torch.ones(K, K).tril(-1))
        self.partner_in = nn.Linear(width, width, bias=False)
        self.words_in = nn.Linear(width, 2 * width)
        self.partner_bias = nn.Parameter(torch.zeros(2, heads))
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU())
        self.modulation = nn.Linear(width, 6 * width)
        self.words_modulation = nn.Linear(width, width, bias=False)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.actor_out = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(approximate="tanh"), nn.Linear(2 * width, WIDTH))
        self.camera_out = nn.Linear(width, lens)
        self.background_out = nn.Linear(width, BACKGROUND)
        for layer in (self.modulation, self.actor_out[2], self.camera_out, self.background_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.register_buffer("rows", row_mask())

    def lens(self, row: Tensor) -> Tensor:
        """The camera's used channels of its token row, flat."""
        return row[:, CODE:].reshape(-1, T, D)[:, :, list(LENS)].flatten(1)

    def group(self, cast: Tensor) -> tuple[Tensor, Tensor]:
        """[B, K] how many earlier slots share a slot's noun, and how many share it in all: who is who among five rabbits."""
        noun = cast[:, :, NOUN]
        same = ((noun[:, :, None] == noun[:, None, :]) & (noun > 0)[:, None, :]).to(self.earlier.dtype)
        return (same * self.earlier).sum(2).long(), same.sum(2).long()

    def script(self, cast: Tensor) -> tuple[Tensor, Tensor]:
        """Embedding of every slot's line [B, K, width], and who is whose partner [B, K, K]."""
        line = self.feature_in(self.features[cast[:, :, NOUN]])
        for field, table in enumerate(self.cast):
            line = line + table(cast[:, :, field])
        rank, members = self.group(cast)
        line = line + self.rank(rank) + self.members(members)
        partner = F.one_hot(cast[:, :, PARTNER], K + 1)[:, :, 1:].to(line.dtype)
        return line + self.partner_in(partner @ line), partner

    def forward(self, x: Tensor, t: Tensor, known: Tensor, mask: Tensor, words: Tensor, cast: Tensor) -> Tensor:
        b = x.shape[0]
        given = expand_mask(mask) * self.rows
        x, known = x * self.rows, known * given
        frequencies = torch.exp(torch.arange(32, dtype=torch.float32) * (-math.log(1000.0) / 31))
        angle = t[:, None] * 1000 * frequencies[None]
        said = sum(table(words[:, field]) for field, table in enumerate(self.words))
        time = self.time(torch.cat([angle.sin(), angle.cos()], -1)) + self.words_modulation(said)
        time = self.modulation(F.silu(time)).reshape(b, 6, self.width)
        line, partner = self.script(cast)
        actors = self.actor_in(torch.cat([x[:, :K], known[:, :K], mask[:, :K]], -1)) + line
        camera = self.camera_in(torch.cat([self.lens(x[:, K]), self.lens(known[:, K]), mask[:, K, 1 + T :]], -1))
        set_ = self.background_in(torch.cat([x[:, K + 1, :BACKGROUND], known[:, K + 1, :BACKGROUND], mask[:, K + 1, :1]], -1))
        more = self.words_in(said)
        rest = torch.stack([camera + more[:, : self.width], set_ + more[:, self.width :]], 1)
        z = torch.cat([actors, rest], 1) + self.place[None]
        links = F.pad(partner, (0, 2, 0, 2))[:, None]
        bias = self.partner_bias[0][None, :, None, None] * links + self.partner_bias[1][None, :, None, None] * links.transpose(2, 3)
        for block in self.blocks:
            z = block(z, time, bias)
        z = F.layer_norm(z, (self.width,))
        actors = self.actor_out(z[:, :K])
        lens = self.camera_out(z[:, K]).reshape(b, T, len(LENS))
        lens = torch.stack([lens[:, :, LENS.index(c)] if c in LENS else torch.zeros_like(lens[:, :, 0]) for c in range(D)], 2).flatten(1)
        camera = F.pad(lens, (CODE, 0))
        set_ = F.pad(self.background_out(z[:, K + 1]), (0, WIDTH - BACKGROUND))
        out = torch.cat([actors, camera[:, None], set_[:, None]], 1)
        return out * (1 - given) + known
