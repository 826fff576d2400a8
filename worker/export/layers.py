"""Layers as ONNX nodes: a Graph that knows where its weights come from and in which types to store and compute."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional

from .checkpoint import CheckpointError, Weights
from .graph import BF16, F16, F32, MICROSOFT, U8, Graph, Store, Stored, Value
from .quantize import Quantization, packed, restored, scales

TYPE_NAMES = {F32: "float32", F16: "float16", BF16: "bfloat16"}
TORCH = {F32: torch.float32, F16: torch.float16, BF16: torch.bfloat16}


@dataclass(frozen=True)
class Types:
    """How a component stores and computes: `main` for the large matrices, float32 where half precision would overflow or blur."""

    main: int = F32
    #: Weights that are quantised: linear layers whose key matches.
    quantization: Quantization | None = None
    quantized: str = "$^"

    def quantizes(self, key: str) -> Quantization | None:
        return self.quantization if re.search(self.quantized, key) else None


def to_bytes(tensor: torch.Tensor) -> bytes:
    """Little-endian raw data, as ONNX stores it."""
    flat = tensor.contiguous().flatten()
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


class Layers(Graph):
    """A graph of neural layers. Hidden states are [tokens, width]: a batch of one has no axis."""

    def __init__(self, weights: Weights, types: Types, store: Store, inside: "Layers | None" = None, name: str = "main"):
        super().__init__(store, inside, name)
        self.weights, self.t = weights, types
        #: Keys of the checkpoint the graph has taken, with the type each is rounded to.
        self.taken: dict[str, int | Quantization] = inside.taken if inside else {}

    def branch(self, name: str) -> "Layers":
        """A graph for If or Loop, with the same weights."""
        return type(self)(self.weights, self.t, self.store, self, name)

    def has(self, key: str) -> bool:
        return key in self.weights.keys()

    def weight(
        self,
        key: str,
        type: int | None = None,
        shape: tuple[int, ...] | None = None,
        change: Callable[[torch.Tensor], torch.Tensor] | None = None,
        pad: tuple[int, int] = (0, 0),
    ) -> Value:
        """A weight of the checkpoint in the main type or `type`; `shape` reshapes it (the first axis stays), `pad` adds zeros (rows, columns)."""
        if not self.has(key):
            raise CheckpointError(f"the checkpoint has no weight {key}")
        kind = type or self.t.main
        inner = self.weights.shape(key)
        self.taken[key] = kind
        outer = (inner[0] + pad[0], *(n + pad[1] for n in inner[1:])) if any(pad) else shape or inner

        def rows(start: int, stop: int) -> bytes:
            tensor = self.weights.rows(key, start, min(stop, inner[0])) if start < inner[0] else self.weights.rows(key, 0, 0)
            stored = (change(tensor.float()) if change else tensor).to(TORCH[kind])
            if not torch.isfinite(stored).all():
                raise CheckpointError(f"{key} holds NaN or infinity, or more than {TYPE_NAMES[kind]} can")
            if any(pad):
                more = [0, stop - start - len(stored)]
                stored = functional.pad(stored, more if stored.ndim == 1 else [0, pad[1], *more])
            return to_bytes(stored)

        self.store.add(Stored(key, kind, outer, rows))
        return Value(key, kind)

    def linear(self, x: Value, key: str, bias: bool | Value = True, type: int | None = None, pad: tuple[int, int] = (0, 0)) -> Value:
        """[tokens, in] -> [tokens, out]; Gemm takes the weight as PyTorch stores it. `x` is cast to the type of the weight.

        `bias`: the checkpoint's, none, or a value [1, out]. `pad`: zeros added to (out, in).
        """
        q = self.t.quantizes(key) if type is None else None
        b = bias if isinstance(bias, Value) else self.weight(f"{key}.bias", type, pad=(pad[0], 0)) if bias else None
        if q is None:
            w = self.weight(f"{key}.weight", type, pad=pad)
            return self.op("Gemm", self.cast(x, w.type), w, b, transB=1)
        y = self._linear_bits(self.cast(x, self.t.main), f"{key}.weight", q)
        return self.add(y, b) if b else y

    def _linear_bits(self, x: Value, key: str, q: Quantization) -> Value:
        count, columns = self.weights.shape(key)
        blocks, main = q.blocks(columns), TORCH[self.t.main]
        self.taken[key] = q
        read = self.weights.rows
        self.store.add(Stored(f"{key}.bits", U8, (count, blocks, q.block * q.bits // 8), lambda a, b: to_bytes(packed(read(key, a, b), q, main))))
        # One row of scales for every row of weights, so that both are written by the same rows; MatMulNBits takes any shape.
        self.store.add(Stored(f"{key}.scales", self.t.main, (count, blocks), lambda a, b: to_bytes(scales(read(key, a, b), q, main))))
        return self.op(
            "MatMulNBits", x, Value(f"{key}.bits", U8), Value(f"{key}.scales", self.t.main),
            domain=MICROSOFT, K=columns, N=count, bits=q.bits, block_size=q.block,
        )  # fmt: skip

    def layer_norm(self, x: Value, scale: Value, shift: Value | None, eps: float) -> Value:
        """Over the last axis, in float32."""
        return self.op("LayerNormalization", self.cast(x, F32), scale, shift, axis=-1, epsilon=eps)

    def rms_norm(self, x: Value, key: str, eps: float, type: int | None = None) -> Value:
        """Over the last axis; sums in float32 whatever the type is."""
        return self.op("RMSNormalization", x, self.weight(key, type or x.type), axis=-1, epsilon=eps)

    def attention(self, q: Value, k: Value, v: Value, heads: int) -> Value:
        """Fused attention without an S x S matrix: [batch, S, width] each. Scale 1/sqrt(head), softmax inside."""
        return self.op("MultiHeadAttention", q, k, v, domain=MICROSOFT, num_heads=heads)

    def gelu_tanh(self, x: Value) -> Value:
        return self.op("Gelu", x, approximate="tanh")

    def finish(self, ignored: str = "$^") -> None:
        """Raises CheckpointError if the checkpoint has weights that the graph does not use: it is then no model of this layout."""
        spare = [k for k in self.weights.keys() if k not in self.taken and not re.search(ignored, k)]
        if spare:
            raise CheckpointError(f"unknown weights in the checkpoint: {', '.join(sorted(spare)[:3])} ({len(spare)} in all)")


class Rounded:
    """Weights as the package holds them: rounded to half precision or restored from few bits. What a reference must compute with."""

    def __init__(self, inner: Weights, taken: dict[str, int | Quantization], main: int):
        self._inner, self._taken, self._main = inner, taken, main

    def keys(self):
        return self._inner.keys()

    def shape(self, key: str) -> tuple[int, ...]:
        return self._inner.shape(key)

    def rows(self, key: str, start: int, stop: int) -> torch.Tensor:
        tensor = self._inner.rows(key, start, stop)
        kind = self._taken.get(key, F32)
        if isinstance(kind, Quantization):
            return restored(tensor, kind, TORCH[self._main])
        return tensor.to(TORCH[kind]).float()
