"""The Wan video transformer as an ONNX graph (WanTransformer3DModel of diffusers)."""

import math
from dataclasses import dataclass

import torch

from .checkpoint import CheckpointError, Weights
from .graph import F32, I64, Store, Value
from .layers import Layers, Types

#: Linear layers worth quantising: those of the blocks; embedders and head are small and sensitive.
QUANTIZED = r"^blocks\.\d+\.(attn[12]|ffn)\."

#: Numbers that keep rows of the feed-forward layer apart in a CPU's cache: two vectors of 16.
_CPU_PAD = 32


@dataclass(frozen=True)
class TransformerConfig:
    """What config.json says."""

    heads: int
    head: int
    channels_in: int
    channels_out: int
    text_dim: int
    frequencies: int
    layers: int
    patch: tuple[int, int, int]
    eps: float
    rope_length: int
    cross_norm: bool
    image_dim: int | None
    image_positions: int | None

    @property
    def width(self) -> int:
        return self.heads * self.head

    @staticmethod
    def read(config: dict) -> "TransformerConfig":
        """From diffusers' config.json; raises CheckpointError for options these graphs do not have."""
        if config.get("_class_name", "WanTransformer3DModel") != "WanTransformer3DModel":
            raise CheckpointError(f"the transformer is a {config['_class_name']}, not a WanTransformer3DModel")
        if config.get("qk_norm", "rms_norm_across_heads") != "rms_norm_across_heads":
            raise CheckpointError(f"qk_norm {config['qk_norm']} is not known")
        head = config.get("attention_head_dim", 128)
        if head % 2 or head - 4 * (head // 6) <= 0:
            raise CheckpointError(f"attention_head_dim {head} cannot be rotated")
        channels_in = config.get("in_channels", 16)
        return TransformerConfig(
            heads=config.get("num_attention_heads", 40),
            head=head,
            channels_in=channels_in,
            channels_out=config.get("out_channels") or channels_in,
            text_dim=config.get("text_dim", 4096),
            frequencies=config.get("freq_dim", 256),
            layers=config.get("num_layers", 40),
            patch=tuple(config.get("patch_size", (1, 2, 2))),
            eps=config.get("eps", 1e-6),
            rope_length=config.get("rope_max_seq_len", 1024),
            cross_norm=config.get("cross_attn_norm", True),
            image_dim=config.get("image_dim"),
            image_positions=config.get("pos_embed_seq_len"),
        )


class _Transformer(Layers):
    """One forward pass; `tokens` (per-token timesteps) is TI2V's way."""

    def build(self, c: TransformerConfig, tokens: bool) -> None:
        latents = self.input("hidden_states", F32, [1, c.channels_in, "frames", "height", "width"])
        timestep = self.input("timestep", F32, [2 if tokens else 1])
        row = self.input("timestep_index", I64, ["tokens"]) if tokens else None
        text = self.input("encoder_hidden_states", F32, [1, "text", c.text_dim])
        pictures = None
        if c.image_dim is not None:
            pictures = self.input("encoder_hidden_states_image", F32, [1, c.image_positions or "image_tokens", c.image_dim])
        with self.scope("embed"):
            grid = [self._patches(latents, axis, patch) for axis, patch in zip((2, 3, 4), c.patch, strict=True)]
            x = self._embed_patches(latents, c)
            rotation = self._rotation(grid, c)
            time, steps = self._embed_time(timestep, c)
            words = self._embed_text(text, c)
            seen = self._embed_pictures(pictures, c) if pictures else None
        for i in range(c.layers):
            with self.scope(f"blocks.{i}"):
                x = self._block(x, f"blocks.{i}", words, seen, steps, row, rotation, c)
        with self.scope("out"):
            velocity = self._head(x, time, row, grid, c)
            self.output("velocity", velocity, [1, c.channels_out, "frames", "height", "width"])

    def _patches(self, latents: Value, axis: int, patch: int) -> Value:
        size = self.size(latents, axis)
        return size if patch == 1 else self.op("Div", size, self.constant([patch]))

    def _embed_patches(self, latents: Value, c: TransformerConfig) -> Value:
        """[tokens, width] in float32: the residual stream keeps that type through all blocks."""
        weight, bias = self.weight("patch_embedding.weight", F32), self.weight("patch_embedding.bias", F32)
        y = self.op("Conv", latents, weight, bias, kernel_shape=c.patch, strides=c.patch)
        return self.transpose(self.reshape(y, c.width, -1), 1, 0)

    def _rotation(self, grid: list[Value], c: TransformerConfig) -> tuple[Value, Value]:
        """Cosines and sines [1, tokens, head / 2]; a head is split into time, row and column (Su et al. 2021, arXiv:2104.09864)."""
        side = 2 * (c.head // 6)
        dims = [c.head - 2 * side, side, side]
        position = torch.arange(c.rope_length, dtype=torch.float64)
        tables: list[list[Value]] = [[], []]
        for axis, (dim, length) in enumerate(zip(dims, grid, strict=True)):
            frequency = 1.0 / 10000.0 ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)
            angle = torch.outer(position, frequency)
            shape: list[int | Value] = [1, 1, 1, dim // 2]
            shape[axis] = length
            for k, table in enumerate((angle.cos(), angle.sin())):
                rows = self.slice(self.constant(table.float().numpy(), F32), 0, 0, length)
                tables[k].append(self.op("Expand", self.reshape(rows, *shape), self.sizes([*grid, dim // 2])))
        joined = [self.reshape(self.concat(*parts, axis=3), 1, -1, c.head // 2) for parts in tables]
        return self.cast(joined[0], self.t.main), self.cast(joined[1], self.t.main)

    def _embed_time(self, timestep: Value, c: TransformerConfig) -> tuple[Value, Value]:
        """Embedding [steps, width] and modulation [steps, 6, width], float32."""
        half = c.frequencies // 2
        frequency = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32) / half)
        angle = self.mul(self.unsqueeze(timestep, 1), self.constant(frequency[None].numpy(), F32))
        waves = self.concat(self.op("Cos", angle), self.op("Sin", angle), axis=1)
        hidden = self.silu(self.linear(waves, "condition_embedder.time_embedder.linear_1", type=F32))
        time = self.linear(hidden, "condition_embedder.time_embedder.linear_2", type=F32)
        steps = self.cast(self.linear(self.silu(time), "condition_embedder.time_proj"), F32)
        return time, self.reshape(steps, -1, 6, c.width)

    def _embed_text(self, text: Value, c: TransformerConfig) -> Value:
        rows = self.reshape(text, -1, c.text_dim)
        hidden = self.gelu_tanh(self.linear(rows, "condition_embedder.text_embedder.linear_1"))
        return self.linear(hidden, "condition_embedder.text_embedder.linear_2")

    def _embed_pictures(self, pictures: Value, c: TransformerConfig) -> Value:
        at = "condition_embedder.image_embedder"
        if c.image_positions is not None:
            pictures = self.add(pictures, self.weight(f"{at}.pos_embed", F32))
        rows = self.reshape(pictures, -1, c.image_dim)
        norm1 = self.layer_norm(rows, self.weight(f"{at}.norm1.weight", F32), self.weight(f"{at}.norm1.bias", F32), 1e-5)
        hidden = self.op("Gelu", self.linear(norm1, f"{at}.ff.net.0.proj"))
        y = self.linear(hidden, f"{at}.ff.net.2")
        norm2 = self.layer_norm(y, self.weight(f"{at}.norm2.weight", F32), self.weight(f"{at}.norm2.bias", F32), 1e-5)
        return self.cast(norm2, self.t.main)

    def _block(self, x, at: str, words, seen, steps, row, rotation, c: TransformerConfig) -> Value:
        table = self.add(self.weight(f"{at}.scale_shift_table", F32), steps)
        shift, scale, gate, ff_shift, ff_scale, ff_gate = self.split(table, 6, 1)
        y = self._modulated(x, scale, shift, row, c)
        y = self._self_attention(y, f"{at}.attn1", rotation, c)
        x = self.add(x, self.mul(self.cast(y, F32), self._per_token(gate, row, c)))
        y = x
        if c.cross_norm:
            y = self.layer_norm(x, self.weight(f"{at}.norm2.weight", F32), self.weight(f"{at}.norm2.bias", F32), c.eps)
        y = self._cross_attention(y, f"{at}.attn2", words, seen, c)
        x = self.add(x, self.cast(y, F32))
        y = self._modulated(x, ff_scale, ff_shift, row, c)
        y = self._feed_forward(y, f"{at}.ffn.net")
        return self.add(x, self.mul(self.cast(y, F32), self._per_token(ff_gate, row, c)))

    def _feed_forward(self, y: Value, at: str) -> Value:
        """Rows of whole pages of 4 KiB all fall on the same lines of a CPU's first cache: zeros behind them keep them apart (8 % of this product)."""
        hidden = self.weights.shape(f"{at}.2.weight")[1] if self.has(f"{at}.2.weight") else 0
        pad = _CPU_PAD if self.t.main == F32 and not self.t.quantizes(f"{at}.2") and hidden % 1024 == 0 else 0
        y = self.gelu_tanh(self.linear(y, f"{at}.0.proj", pad=(pad, 0)))
        return self.linear(y, f"{at}.2", pad=(0, pad))

    def _per_token(self, rows: Value, row: Value | None, c: TransformerConfig) -> Value:
        """[steps, 1, width] -> [width], or the row of every token: [tokens, width]."""
        if row is None:
            return self.reshape(rows, c.width)
        return self.op("Gather", self.reshape(rows, -1, c.width), row, axis=0)

    def _modulated(self, x: Value, scale: Value, shift: Value, row: Value | None, c: TransformerConfig) -> Value:
        """LayerNorm without weights, then * (1 + scale) + shift; one node where all tokens share the scale."""
        scale = self.add(scale, self.constant(1.0, F32))
        scale, shift = self._per_token(scale, row, c), self._per_token(shift, row, c)
        if row is None:
            return self.layer_norm(x, scale, shift, c.eps)
        plain = self.layer_norm(x, self.constant(torch.ones(c.width).numpy(), F32), None, c.eps)
        return self.add(self.mul(plain, scale), shift)

    def _self_attention(self, y: Value, at: str, rotation: tuple[Value, Value], c: TransformerConfig) -> Value:
        y = self.cast(y, self.t.main)
        q, k = (
            self.op("RotaryEmbedding", self.unsqueeze(self._normed(y, at, name, c), 0), *rotation, interleaved=1, num_heads=c.heads)
            for name in ("q", "k")
        )
        v = self.unsqueeze(self.linear(y, f"{at}.to_v"), 0)
        return self.linear(self.reshape(self.attention(q, k, v, c.heads), -1, c.width), f"{at}.to_out.0")

    def _cross_attention(self, y: Value, at: str, words: Value, seen: Value | None, c: TransformerConfig) -> Value:
        """Text, and apart from it the pictures; both results are added.

        The text is mostly padding: hundreds of equal rows, whose sum rounds the same way every time. So attention weighs the
        differences to the last row, and that row joins the bias of the projection: the weights of a softmax add up to one.
        """
        q = self.unsqueeze(self._normed(self.cast(y, self.t.main), at, "q", c), 0)
        k = self.unsqueeze(self._normed(words, at, "k", c), 0)
        v = self.linear(words, f"{at}.to_v")
        last = self.slice(v, 0, -1)
        mixed = self.attention(q, k, self.unsqueeze(self.op("Sub", v, last), 0), c.heads)
        if seen is not None:
            k = self.rms_norm(self.linear(seen, f"{at}.add_k_proj"), f"{at}.norm_added_k.weight", c.eps)
            v = self.linear(seen, f"{at}.add_v_proj")
            mixed = self.add(mixed, self.attention(q, self.unsqueeze(k, 0), self.unsqueeze(v, 0), c.heads))
        out = f"{at}.to_out.0"
        return self.linear(self.reshape(mixed, -1, c.width), out, bias=self.linear(last, out))

    def _normed(self, y: Value, at: str, name: str, c: TransformerConfig) -> Value:
        return self.rms_norm(self.linear(y, f"{at}.to_{name}"), f"{at}.norm_{name}.weight", c.eps)

    def _head(self, x: Value, time: Value, row: Value | None, grid: list[Value], c: TransformerConfig) -> Value:
        table = self.add(self.weight("scale_shift_table", F32), self.unsqueeze(time, 1))
        shift, scale = self.split(table, 2, 1)
        y = self.linear(self._modulated(x, scale, shift, row, c), "proj_out", type=F32)
        t, h, w = c.patch
        y = self.transpose(self.reshape(y, *grid, t, h, w, c.channels_out), 6, 0, 3, 1, 4, 2, 5)
        full = [size if patch == 1 else self.op("Mul", size, self.constant([patch])) for size, patch in zip(grid, c.patch, strict=True)]
        return self.reshape(y, 1, c.channels_out, *full)


def build_transformer(weights: Weights, config: TransformerConfig, types: Types, tokens: bool = False) -> Layers:
    """The graph with the inputs and outputs of PACKAGE.md; `tokens`: a timestep for every token (two different ones at most)."""
    graph = _Transformer(weights, types, Store())
    graph.build(config, tokens)
    graph.finish(r"norm_added_q|^rope\.|^freqs")
    return graph
