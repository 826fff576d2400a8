"""Weights of 8 or 4 bits for com.microsoft.MatMulNBits: symmetric, one scale for every block of a row."""

from dataclasses import dataclass

import torch

#: Steps tried for 4-bit scales, as parts of the one that just covers the largest weight; a little clipping costs less than coarse steps.
_TRIED = (1.0, 0.96, 0.92, 0.88, 0.84, 0.80)


@dataclass(frozen=True)
class Quantization:
    """Bits per weight and weights per scale."""

    bits: int
    block: int

    @property
    def name(self) -> str:
        return f"int{self.bits}"

    def blocks(self, columns: int) -> int:
        return -(-columns // self.block)


INT8, INT4 = Quantization(8, 128), Quantization(4, 32)


def _levels(rows: torch.Tensor, q: Quantization) -> tuple[torch.Tensor, torch.Tensor]:
    """Whole numbers (-2^(bits-1) .. 2^(bits-1)-1) as [rows, blocks, block] and scales as [rows, blocks]."""
    count, columns = rows.shape
    blocks = q.blocks(columns)
    padded = torch.zeros(count, blocks * q.block)
    padded[:, :columns] = rows.float()
    padded = padded.view(count, blocks, q.block)
    low, high = -(1 << (q.bits - 1)), (1 << (q.bits - 1)) - 1
    largest = padded.gather(2, padded.abs().argmax(2, keepdim=True)).squeeze(2)
    best = scale = torch.where(largest == 0, torch.ones_like(largest), largest / low)
    if q.bits == 4:
        error = torch.full_like(scale, float("inf"))
        for part in _TRIED:
            tried = scale * part
            off = (padded - (padded / tried[..., None]).round().clamp(low, high) * tried[..., None]).square().sum(2)
            best, error = torch.where(off < error, tried, best), torch.minimum(off, error)
    return (padded / best[..., None]).round().clamp(low, high), best


def scales(rows: torch.Tensor, q: Quantization, dtype: torch.dtype) -> torch.Tensor:
    """[rows * blocks] scales."""
    return _levels(rows, q)[1].to(dtype).flatten()


def integers(rows: torch.Tensor, q: Quantization, dtype: torch.dtype) -> torch.Tensor:
    """[rows, blocks * block] levels as int8, for the scales as they are stored."""
    return _nearest(rows, q, scales(rows, q, dtype).view(rows.shape[0], -1).float()).flatten(1).to(torch.int8)


def packed(rows: torch.Tensor, q: Quantization, dtype: torch.dtype) -> torch.Tensor:
    """[rows, blocks, bytes] as MatMulNBits reads them: offset by 2^(bits-1); with 4 bits the even weight is the lower half of a byte."""
    levels = _nearest(rows, q, scales(rows, q, dtype).view(rows.shape[0], -1).float())
    offset = (levels + (1 << (q.bits - 1))).to(torch.uint8)
    return offset if q.bits == 8 else offset[..., 0::2] | (offset[..., 1::2] << 4)


def _nearest(rows: torch.Tensor, q: Quantization, step: torch.Tensor) -> torch.Tensor:
    """Levels for the scales as they are stored (rounded to half precision)."""
    count, columns = rows.shape
    padded = torch.zeros(count, q.blocks(columns) * q.block)
    padded[:, :columns] = rows.float()
    low, high = -(1 << (q.bits - 1)), (1 << (q.bits - 1)) - 1
    return (padded.view(count, -1, q.block) / step[..., None]).nan_to_num(0, 0, 0).round().clamp(low, high)


def restored(rows: torch.Tensor, q: Quantization, dtype: torch.dtype) -> torch.Tensor:
    """The weights that the graph computes with."""
    step = _levels(rows, q)[1].to(dtype).float()
    levels = _nearest(rows, q, step)
    return (levels * step[..., None]).flatten(1)[:, : rows.shape[1]]
