"""Memory and disk of a package, computed from its shapes. Nothing here was measured on a GPU."""

import math
from dataclasses import dataclass

from .graph import F32, Store
from .transformer import TransformerConfig
from .vae import VaeConfig

#: CUDA context, libraries and workspaces of ONNX Runtime: a round allowance, not a measurement.
_CONTEXT = 1 << 30


def _width(type: int) -> int:
    return 4 if type == F32 else 2


@dataclass(frozen=True)
class Clip:
    """Size of one clip."""

    width: int
    height: int
    frames: int

    def latents(self, vae: VaeConfig) -> tuple[int, int, int]:
        return (self.frames - 1) // vae.temporal + 1, self.height // vae.spatial, self.width // vae.spatial


def transformer_bytes(c: TransformerConfig, vae: VaeConfig, clip: Clip, weights: int, main: int) -> int:
    """Weights of one expert and the activations of one block: the float32 stream and its sum; the widest of attention (normed input,
    q, k, v, rotated q and k, result) and feed-forward (normed input, hidden before and after GELU)."""
    f, h, w = clip.latents(vae)
    tokens = f * h * w // (c.patch[0] * c.patch[1] * c.patch[2])
    attention, feed_forward = 7 * c.width, c.width + 2 * 4 * c.width
    return weights + tokens * (2 * 4 * c.width + _width(main) * max(attention, feed_forward))


def cache_bytes(vae: VaeConfig, caches: list[tuple[int, int, int]], clip: Clip, main: int) -> int:
    """One set of caches of the decoder."""
    _, h, w = clip.latents(vae)
    return _width(main) * sum(channels * frames * scale * h * scale * w for channels, frames, scale in caches)


def vae_bytes(vae: VaeConfig, caches: list[tuple[int, int, int]], clip: Clip, weights: int, main: int) -> int:
    """Weights, old and new caches, and four arrays of the largest layer (input, normed, its float32 copy as two)."""
    pixels = (clip.width // vae.patch) * (clip.height // vae.patch)
    layer = max(1, vae.decoder_width * vae.multiples[0]) * vae.temporal * pixels
    return weights + 2 * cache_bytes(vae, caches, clip, main) + _width(main) * 5 * layer


def gpu_bytes(stages: list[int]) -> int:
    """The largest stage: text, transformer and autoencoder are never needed at the same time."""
    return max(stages) + _CONTEXT


def largest_parts(store: Store) -> tuple[int, int]:
    """Bytes in float32 of the largest weight and of the largest block of a component: what its check holds at a time.

    Without the word embedding: of that only the rows asked for are read, and ONNX Runtime maps the file.
    """
    largest, blocks = 0, {}
    for weight in store.weights.values():
        if weight.name.startswith("shared."):
            continue
        size = 4 * math.prod(weight.shape)
        block = ".".join(weight.name.split(".")[:3])
        largest, blocks[block] = max(largest, size), blocks.get(block, 0) + size
    return largest, max(blocks.values(), default=0)


def export_bytes(largest_layer: int, largest_block: int) -> int:
    """Python with its libraries, one piece in hand, and at the check one layer of the reference and one stage in ONNX Runtime, in float32."""
    return (1 << 30) + 4 * (64 << 20) + largest_layer + 2 * largest_block
