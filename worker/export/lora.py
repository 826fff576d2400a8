"""LoRA adapters, merged into the weights as they are read: W + strength * (alpha / rank) * up @ down."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from .checkpoint import CheckpointError, Weights, diffusers_name, open_weights, whole

_ROLES = {
    "lora_A.weight": "down", "lora_A.default.weight": "down", "lora_down.weight": "down", "lora.down.weight": "down",
    "lora_B.weight": "up", "lora_B.default.weight": "up", "lora_up.weight": "up", "lora.up.weight": "up",
    "lora_B.bias": "bias", "alpha": "alpha", "diff": "diff", "diff_b": "bias",
}  # fmt: skip
_ROLE = re.compile(r"^(.+)\.(" + "|".join(re.escape(r) for r in sorted(_ROLES, key=len, reverse=True)) + ")$")


@dataclass
class _Change:
    down: torch.Tensor | None = None
    up: torch.Tensor | None = None
    alpha: torch.Tensor | None = None
    diff: torch.Tensor | None = None
    bias: torch.Tensor | None = None


@dataclass
class Lora:
    """One adapter file: changes by module, under diffusers' names."""

    path: Path
    strength: float = 1.0
    changes: dict[str, _Change] = field(default_factory=dict)


def read_lora(path: Path, base: Iterable[str], strength: float = 1.0) -> Lora:
    """Reads an adapter in the naming of PEFT/diffusers, of the Wan authors or of kohya, for a model with these weights.

    Raises CheckpointError for anything in the file that has no place in the model: nothing is left out silently.
    """
    modules = {key.rsplit(".", 1)[0] for key in base} | set(base)
    flat = {_flat(name): name for name in modules}
    file = open_weights(path)
    lora = Lora(path, strength)
    strange: list[str] = []
    for key in file.keys():
        match = _ROLE.match(key)
        module = _module_of(match[1], modules, flat) if match else None
        if not match or module is None:
            strange.append(key)
            continue
        change = lora.changes.setdefault(module, _Change())
        setattr(change, _ROLES[match[2]], _tensor(file, key).float())
    for module, change in lora.changes.items():
        if (change.down is None) != (change.up is None):
            strange.append(f"{module} (only one of the two factors)")
    if strange:
        raise CheckpointError(
            f"{path.name} does not fit this model: {', '.join(strange[:3])}{f' and {len(strange) - 3} more' if len(strange) > 3 else ''}"
        )
    return lora


def _tensor(file: Weights, key: str) -> torch.Tensor:
    return whole(file, key) if file.shape(key) else file.rows(key, 0, 1)


def _module_of(name: str, modules: set[str], flat: dict[str, str]) -> str | None:
    if name.startswith("lora_unet_"):
        return flat.get(name.removeprefix("lora_unet_"))
    renamed = diffusers_name(name)
    return renamed if renamed in modules else None


def _flat(module: str) -> str:
    """kohya's name of a module: the authors' with underscores."""
    parts = module.replace("ffn.net.0.proj", "ffn.0").replace("ffn.net.2", "ffn.2")
    for ours, theirs in (
        ("attn1.", "self_attn."), ("attn2.", "cross_attn."), ("to_out.0", "o"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"),
        ("add_k_proj", "k_img"), ("add_v_proj", "v_img"), ("condition_embedder.time_proj", "time_projection.1"),
        ("condition_embedder.time_embedder.linear_1", "time_embedding.0"), ("condition_embedder.time_embedder.linear_2", "time_embedding.2"),
        ("condition_embedder.text_embedder.linear_1", "text_embedding.0"), ("condition_embedder.text_embedder.linear_2", "text_embedding.2"),
        ("condition_embedder.image_embedder.ff.net.0.proj", "img_emb.proj.1"), ("condition_embedder.image_embedder.ff.net.2", "img_emb.proj.3"),
        ("proj_out", "head.head"),
    ):  # fmt: skip
        parts = parts.replace(ours, theirs)
    return parts.replace(".", "_")


class Merged:
    """Weights with adapters merged in, row by row, in float32."""

    def __init__(self, inner: Weights, loras: list[Lora]):
        self._inner, self._loras = inner, loras

    def keys(self) -> Iterable[str]:
        return self._inner.keys()

    def shape(self, key: str) -> tuple[int, ...]:
        return self._inner.shape(key)

    def rows(self, key: str, start: int, stop: int) -> torch.Tensor:
        tensor = self._inner.rows(key, start, stop)
        module, _, leaf = key.rpartition(".")
        for lora in self._loras:
            change = lora.changes.get(module) if leaf in ("weight", "bias") else lora.changes.get(key)
            if change is None:
                continue
            for delta in _deltas(change, leaf, start, stop, tuple(tensor.shape)):
                tensor = tensor.float() + lora.strength * delta
        return tensor


def _deltas(change: _Change, leaf: str, start: int, stop: int, shape: tuple[int, ...]) -> Iterable[torch.Tensor]:
    if leaf == "bias":
        if change.bias is not None:
            yield change.bias[start:stop].reshape(shape)
        return
    if change.diff is not None:
        yield change.diff[start:stop].reshape(shape)
    if change.down is not None and change.up is not None:
        rank = change.down.shape[0]
        scale = float(change.alpha) / rank if change.alpha is not None else 1.0
        yield (scale * (change.up[start:stop].flatten(1) @ change.down.flatten(1))).reshape(shape)
