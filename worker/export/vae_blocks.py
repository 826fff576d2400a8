"""Blocks of the causal video autoencoder (AutoencoderKLWan of diffusers) with their caches as explicit tensors.

A clip is coded chunk by chunk: the first frame alone, then four frames (one latent) at a time. What diffusers keeps in `feat_cache`
between chunks are inputs and outputs here. Zeros stand for its "None" and "Rep"; the first chunk is a graph of its own, because nothing
is resampled in time there.
"""

from dataclasses import dataclass, field

import numpy as np

from .graph import F32, Value
from .layers import Layers

#: Frames a causal convolution of 3 looks back.
BACK = 2
#: Smallest root mean square that the half-precision builds divide by; its reciprocal still fits a half.
_LEAST_RMS = 1e-4


@dataclass
class Stream:
    """Caches of one pass: those given (None in the first chunk), those made, and their [channels, frames, scale]."""

    given: list[Value] | None
    made: list[Value] = field(default_factory=list)
    shapes: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def first(self) -> bool:
        return self.given is None

    def old(self) -> Value:
        """The cache that the next `keep` replaces."""
        assert self.given is not None
        return self.given[len(self.made)]

    def keep(self, value: Value, channels: int, frames: int, scale: int) -> None:
        self.made.append(value)
        self.shapes.append((channels, frames, scale))


@dataclass
class Clip:
    """Features [1, channels, frames, rows, columns] with what is known of their size; rows = scale * rows of the latents."""

    x: Value
    channels: int
    frames: "int | Value"
    scale: int

    def having(self, x: Value, channels: int | None = None, frames: "int | Value | None" = None, scale: int | None = None) -> "Clip":
        return Clip(x, channels or self.channels, self.frames if frames is None else frames, scale or self.scale)


class VaeBlocks(Layers):
    """Layers of encoder and decoder. Rows and columns of the latents are values of the outermost graph."""

    def grid(self, scale: int) -> tuple[Value, Value]:
        """Rows and columns at a scale."""
        home = self.outermost()
        if scale not in home.grids:
            rows, columns = home.grids[1]
            by = home.constant([scale])
            home.grids[scale] = (home.op("Mul", rows, by), home.op("Mul", columns, by))
        return home.grids[scale]

    def outermost(self) -> "VaeBlocks":
        return self.inside.outermost() if self.inside else self

    def set_grid(self, rows: Value, columns: Value) -> None:
        self.grids: dict[int, tuple[Value, Value]] = {1: (rows, columns)}

    def times(self, size: "int | Value", by: int) -> "int | Value":
        return size * by if isinstance(size, int) else self.op("Mul", size, self.constant([by]))

    def shape(self, clip: Clip) -> list["int | Value"]:
        return [1, clip.channels, clip.frames, *self.grid(clip.scale)]

    # Layers

    def conv(self, x: Value, key: str, stride: list[int] | None = None, pads: list[int] | None = None) -> Value:
        weight, bias = self.weight(f"{key}.weight"), self.weight(f"{key}.bias")
        kernel = list(self.weights.shape(f"{key}.weight")[2:])
        return self.op("Conv", x, weight, bias, kernel_shape=kernel, strides=stride or [1] * len(kernel), pads=pads or [0] * 2 * len(kernel))

    def pointwise(self, clip: Clip, key: str) -> Clip:
        return clip.having(self.conv(clip.x, key), self.weights.shape(f"{key}.weight")[0])

    def after(self, clip: Clip, stream: Stream, frames: int) -> Value:
        """The clip behind the last `frames` frames of the chunk before; the new last ones are kept."""
        if stream.first:
            x = self.op("Pad", clip.x, self.constant([0, 0, frames, 0, 0] + [0] * 5))
        else:
            x = self.concat(stream.old(), clip.x, axis=2)
        stream.keep(self.slice(x, 2, -frames), clip.channels, frames, clip.scale)
        return x

    def causal(self, clip: Clip, key: str, stream: Stream) -> Clip:
        """3 x 3 x 3 convolution that sees only the past."""
        side = [k // 2 for k in self.weights.shape(f"{key}.weight")[3:]]
        y = self.conv(self.after(clip, stream, BACK), key, pads=[0, *side, 0, *side])
        return clip.having(y, self.weights.shape(f"{key}.weight")[0])

    def rms(self, clip: Clip, key: str) -> Clip:
        """x / ||x|| * sqrt(channels) * gamma over the channels; the norm in float32."""
        wide, main = self.cast(clip.x, F32), clip.x.type
        norm = self.op("ReduceL2", wide, self.constant([1]), keepdims=1)
        root = float(np.sqrt(clip.channels))
        shape = (clip.channels, 1, 1, 1)
        if main == F32:
            unit = self.op("Div", clip.x, self.op("Max", norm, self.constant(1e-12, F32)))
            return clip.having(self.mul(unit, self.weight(key, F32, shape, lambda gamma: gamma * root)))
        rms = self.op("Max", self.op("Div", norm, self.constant(root, F32)), self.constant(_LEAST_RMS, F32))
        unit = self.mul(clip.x, self.cast(self.op("Reciprocal", rms), main))
        return clip.having(self.mul(unit, self.weight(key, main, shape)))

    def activated(self, clip: Clip, key: str) -> Clip:
        clip = self.rms(clip, key)
        return clip.having(self.silu(clip.x))

    # Blocks

    def residual(self, clip: Clip, at: str, stream: Stream) -> Clip:
        short = self.pointwise(clip, f"{at}.conv_shortcut") if self.has(f"{at}.conv_shortcut.weight") else clip
        y = self.causal(self.activated(clip, f"{at}.norm1.gamma"), f"{at}.conv1", stream)
        y = self.causal(self.activated(y, f"{at}.norm2.gamma"), f"{at}.conv2", stream)
        return y.having(self.add(y.x, short.x))

    def attend(self, clip: Clip, at: str) -> Clip:
        """One head over the pixels of every frame."""
        normed = self.rms(clip, f"{at}.norm.gamma")
        rows, columns = self.grid(clip.scale)
        frames = self.transpose(normed.x, 0, 2, 3, 4, 1)
        tokens = self.reshape(frames, -1, clip.channels)
        qkv = self.op("Gemm", tokens, self._matrix(f"{at}.to_qkv"), self.weight(f"{at}.to_qkv.bias"), transB=1)
        pixels = self.op("Mul", rows, columns)
        q, k, v = self.split(self.reshape(qkv, clip.frames, pixels, 3 * clip.channels), 3, 2)
        mixed = self.reshape(self.attention(q, k, v, 1), -1, clip.channels)
        y = self.op("Gemm", mixed, self._matrix(f"{at}.proj"), self.weight(f"{at}.proj.bias"), transB=1)
        y = self.transpose(self.reshape(y, 1, clip.frames, rows, columns, clip.channels), 0, 4, 1, 2, 3)
        return clip.having(self.add(y, clip.x))

    def _matrix(self, at: str) -> Value:
        return self.weight(f"{at}.weight", shape=self.weights.shape(f"{at}.weight")[:2])

    def middle(self, clip: Clip, at: str, stream: Stream) -> Clip:
        clip = self.residual(clip, f"{at}.resnets.0", stream)
        i = 0
        while self.has(f"{at}.resnets.{i + 1}.conv1.weight"):
            if self.has(f"{at}.attentions.{i}.to_qkv.weight"):
                clip = self.attend(clip, f"{at}.attentions.{i}")
            clip = self.residual(clip, f"{at}.resnets.{i + 1}", stream)
            i += 1
        return clip

    def upsample(self, clip: Clip, at: str, in_time: bool, stream: Stream) -> Clip:
        """Twice the frames (not in the first chunk), twice the rows and columns."""
        if in_time and stream.first:
            zeros = self.op("Expand", self.constant(0.0, clip.x.type), self.sizes([1, clip.channels, BACK, *self.grid(clip.scale)]))
            stream.keep(zeros, clip.channels, BACK, clip.scale)
        elif in_time:
            y = self.conv(self.after(clip, stream, BACK), f"{at}.time_conv")
            pairs = self.reshape(y, 2, clip.channels, clip.frames, *self.grid(clip.scale))
            frames = self.times(clip.frames, 2)
            together = self.transpose(pairs, 1, 2, 0, 3, 4)
            clip = clip.having(self.reshape(together, 1, clip.channels, frames, *self.grid(clip.scale)), frames=frames)
        rows, columns = self.grid(clip.scale)
        # Nearest neighbour as a broadcast: Resize has no bfloat16 kernel on CUDA.
        apart = self.reshape(self.transpose(clip.x, 0, 2, 1, 3, 4), clip.frames, clip.channels, rows, 1, columns, 1)
        twice = self.op("Expand", apart, self.sizes([clip.frames, clip.channels, rows, 2, columns, 2]))
        larger = clip.having(clip.x, scale=clip.scale * 2)
        flat = self.reshape(twice, clip.frames, clip.channels, *self.grid(larger.scale))
        return self._frames_back(self.conv(flat, f"{at}.resample.1", pads=[1, 1, 1, 1]), larger, f"{at}.resample.1")

    def downsample(self, clip: Clip, at: str, in_time: bool, stream: Stream) -> Clip:
        """Half the rows and columns, then half the frames (not in the first chunk)."""
        flat = self.reshape(self.transpose(clip.x, 0, 2, 1, 3, 4), clip.frames, clip.channels, *self.grid(clip.scale))
        y = self.conv(flat, f"{at}.resample.1", stride=[2, 2], pads=[0, 0, 1, 1])
        clip = self._frames_back(y, clip.having(y, scale=clip.scale // 2), f"{at}.resample.1")
        if not in_time:
            return clip
        if stream.first:
            stream.keep(clip.x, clip.channels, 1, clip.scale)
            return clip
        assert isinstance(clip.frames, int)
        y = self.conv(self.after(clip, stream, 1), f"{at}.time_conv", stride=[2, 1, 1])
        return clip.having(y, frames=clip.frames // 2)

    def _frames_back(self, y: Value, clip: Clip, key: str) -> Clip:
        """[frames, channels, rows, columns] -> [1, channels, frames, rows, columns]."""
        channels = self.weights.shape(f"{key}.weight")[0]
        rows = self.reshape(y, 1, clip.frames, channels, *self.grid(clip.scale))
        return clip.having(self.transpose(rows, 0, 2, 1, 3, 4), channels)

    def folded(self, clip: Clip, channels: int, time: int, space: int) -> Value:
        """Shortcut of the residual encoder: frames and pixels folded into channels, then averaged in groups (AvgDown3D)."""
        assert isinstance(clip.frames, int)
        x, frames = clip.x, clip.frames
        if missing := -frames % time:
            x, frames = self.op("Pad", x, self.constant([0, 0, missing, 0, 0] + [0] * 5)), frames + missing
        rows, columns = self.grid(clip.scale // space)
        parts = self.reshape(x, clip.channels, frames // time, time, rows, space, columns, space)
        parts = self.transpose(parts, 0, 2, 4, 6, 1, 3, 5)
        group = clip.channels * time * space * space // channels
        grouped = self.reshape(parts, 1, channels, group, frames // time, rows, columns)
        return self.op("ReduceMean", grouped, self.constant([2]), keepdims=0)

    def unfolded(self, clip: Clip, channels: int, time: int, space: int, first: bool) -> Value:
        """Shortcut of the residual decoder: channels repeated and unfolded into frames and pixels (DupUp3D)."""
        repeats = channels * time * space * space // clip.channels
        rows, columns = self.grid(clip.scale)
        spread = self.reshape(clip.x, clip.channels, 1, clip.frames, rows, columns)
        spread = self.op("Expand", spread, self.sizes([clip.channels, repeats, clip.frames, rows, columns]))
        parts = self.reshape(spread, channels, time, space, space, clip.frames, rows, columns)
        parts = self.transpose(parts, 0, 4, 1, 5, 2, 6, 3)
        full = self.reshape(parts, 1, channels, self.times(clip.frames, time), *self.grid(clip.scale * space))
        return self.slice(full, 2, time - 1) if first and time > 1 else full
