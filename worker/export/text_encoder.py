"""The UMT5 text encoder as an ONNX graph: unpadded ids, so no mask (UMT5EncoderModel of transformers)."""

import math
from dataclasses import dataclass

import torch

from .checkpoint import CheckpointError, Weights
from .graph import F32, I8, I64, Store, Stored, Value
from .layers import TORCH, Layers, Types, to_bytes
from .quantize import Quantization, integers, scales

QUANTIZED = r"^encoder\.block\.\d+\.|^shared$"
#: A half holds 65,504: what goes into the last matrix of a feed-forward layer is scaled to this, so that its products fit.
_HALF_ROOM = 256.0


@dataclass(frozen=True)
class TextConfig:
    """What config.json says."""

    width: int
    head: int
    heads: int
    layers: int
    buckets: int
    distance: int
    eps: float
    vocabulary: int

    @staticmethod
    def read(config: dict) -> "TextConfig":
        """From transformers' config.json; raises CheckpointError for another kind of encoder."""
        gated = config.get("is_gated_act", str(config.get("feed_forward_proj", "")).startswith("gated-"))
        activation = config.get("dense_act_fn", "gelu_new")
        if config.get("model_type", "umt5") != "umt5" or not gated or activation not in ("gelu_new", "gelu_pytorch_tanh"):
            raise CheckpointError(f"the text encoder is no UMT5 with gated GELU (model_type {config.get('model_type')}, {activation})")
        return TextConfig(
            width=config["d_model"],
            head=config["d_kv"],
            heads=config["num_heads"],
            layers=config["num_layers"],
            buckets=config.get("relative_attention_num_buckets", 32),
            distance=config.get("relative_attention_max_distance", 128),
            eps=config.get("layer_norm_epsilon", 1e-6),
            vocabulary=config["vocab_size"],
        )


def text_weight_name(key: str) -> str | None:
    """The embedding has two names in checkpoints; the decoder and the head are not needed."""
    if key == "encoder.embed_tokens.weight":
        return "shared.weight"
    return None if key.startswith(("decoder.", "lm_head.")) else key


def buckets_by_distance(c: TextConfig) -> torch.Tensor:
    """Bucket of every distance -D..D (key minus query), D = relative_attention_max_distance; beyond it the last ones hold.

    Computed here, not in the graph: where the logarithm is a whole number, one unit in the last place would change the bucket.
    """
    half = c.buckets // 2
    exact = half // 2
    distance = torch.arange(-c.distance, c.distance + 1)
    away = distance.abs()
    log = torch.log(away.float() / exact) / math.log(c.distance / exact) * (half - exact)
    far = exact + log.clamp(min=0).to(torch.long)
    return (distance > 0).long() * half + torch.where(away < exact, away, far.clamp(max=half - 1))


class _TextEncoder(Layers):
    def build(self, c: TextConfig) -> None:
        ids = self.input("input_ids", I64, [1, "tokens"])
        with self.scope("embed"):
            x = self._embed(self.reshape(ids, -1), c)
            buckets = self._buckets(self.size(ids, 1), c)
        for i in range(c.layers):
            with self.scope(f"encoder.block.{i}"):
                at = f"encoder.block.{i}.layer"
                y = self.rms_norm(x, f"{at}.0.layer_norm.weight", c.eps, F32)
                x = self.add(x, self._attention(y, f"{at}.0.SelfAttention", buckets, c))
                y = self.rms_norm(x, f"{at}.1.layer_norm.weight", c.eps, F32)
                x = self.add(x, self._feed_forward(y, f"{at}.1.DenseReluDense"))
        with self.scope("out"):
            y = self.rms_norm(x, "encoder.final_layer_norm.weight", c.eps, F32)
            self.output("last_hidden_state", self.reshape(y, 1, -1, c.width), [1, "tokens", c.width])

    def _embed(self, ids: Value, c: TextConfig) -> Value:
        q = self.t.quantizes("shared")
        if q is None:
            return self.cast(self.op("Gather", self.weight("shared.weight"), ids, axis=0), F32)
        whole_rows = Quantization(8, c.width)
        main, read = TORCH[self.t.main], self.weights.rows
        self.taken["shared.weight"] = whole_rows
        shape = self.weights.shape("shared.weight")
        self.store.add(Stored("shared.weight.bits", I8, shape, lambda a, b: to_bytes(integers(read("shared.weight", a, b), whole_rows, main))))
        self.store.add(
            Stored("shared.weight.scales", self.t.main, (shape[0], 1), lambda a, b: to_bytes(scales(read("shared.weight", a, b), whole_rows, main)))
        )
        bits = self.op("Gather", Value("shared.weight.bits", I8), ids, axis=0)
        steps = self.op("Gather", Value("shared.weight.scales", self.t.main), ids, axis=0)
        return self.mul(self.cast(bits, F32), self.cast(steps, F32))

    def _buckets(self, length: Value, c: TextConfig) -> Value:
        """[tokens, tokens] buckets of key minus query."""
        at = self.op("Range", self.constant(0), self.reshape(length), self.constant(1), type=I64)
        distance = self.op("Sub", self.unsqueeze(at, 0), self.unsqueeze(at, 1))
        near = self.op("Clip", distance, self.constant(-c.distance), self.constant(c.distance))
        table = self.constant(buckets_by_distance(c).numpy())
        return self.op("Gather", table, self.add(near, self.constant(c.distance)), axis=0)

    def _attention(self, y: Value, at: str, buckets: Value, c: TextConfig) -> Value:
        """UMT5 does not scale the products and has a bias of its own in every layer; scores and softmax in float32."""
        q, k, v = (
            self.transpose(self.reshape(self.cast(self.linear(y, f"{at}.{name}", bias=False), F32), -1, c.heads, c.head), 1, 0, 2)
            for name in ("q", "k", "v")
        )
        bias = self.op("Gather", self.weight(f"{at}.relative_attention_bias.weight", F32), buckets, axis=0)
        scores = self.add(self.op("MatMul", q, self.transpose(k, 0, 2, 1)), self.transpose(bias, 2, 0, 1))
        mixed = self.op("MatMul", self.op("Softmax", scores, axis=-1), v)
        rows = self.reshape(self.transpose(mixed, 1, 0, 2), -1, c.heads * c.head)
        return self.cast(self.linear(rows, f"{at}.o", bias=False), F32)

    def _feed_forward(self, y: Value, at: str) -> Value:
        gate = self.gelu_tanh(self.cast(self.linear(y, f"{at}.wi_0", bias=False), F32))
        wide = self.mul(gate, self.cast(self.linear(y, f"{at}.wi_1", bias=False), F32))
        if self.t.main == F32:
            return self.linear(wide, f"{at}.wo", bias=False)
        largest = self.op("ReduceMax", self.op("Abs", wide), self.constant([-1]), keepdims=1)
        room = self.op("Max", self.op("Div", largest, self.constant(_HALF_ROOM, F32)), self.constant(1.0, F32))
        return self.mul(self.cast(self.linear(self.op("Div", wide, room), f"{at}.wo", bias=False), F32), room)


def build_text_encoder(weights: Weights, config: TextConfig, types: Types) -> Layers:
    """The graph with the inputs and outputs of PACKAGE.md."""
    graph = _TextEncoder(weights, types, Store())
    graph.build(config)
    graph.finish()
    return graph
