"""Weights of a checkpoint, read by rows (first axis) when they are needed: never a whole file in memory."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import torch
from safetensors import safe_open


class CheckpointError(Exception):
    """A checkpoint that is not what it should be; the message is for the operator."""


class Weights(Protocol):
    """Named tensors."""

    def keys(self) -> Iterable[str]: ...
    def shape(self, key: str) -> tuple[int, ...]: ...
    def rows(self, key: str, start: int, stop: int) -> torch.Tensor:
        """Rows start..stop of the first axis, in the checkpoint's own type."""
        ...


def whole(weights: Weights, key: str) -> torch.Tensor:
    """A tensor with all its rows."""
    return weights.rows(key, 0, weights.shape(key)[0])


class Safetensors:
    """One or several .safetensors files."""

    def __init__(self, files: list[Path]):
        self._file_of: dict[str, object] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        for path in files:
            try:
                file = safe_open(str(path), framework="pt")
                keys = list(file.keys())
            except Exception as error:
                raise CheckpointError(f"{path} is no whole safetensors file ({error}); download it again") from error
            for key in keys:
                self._file_of[key] = file
                self._shapes[key] = tuple(file.get_slice(key).get_shape())

    def keys(self) -> Iterable[str]:
        return self._shapes.keys()

    def shape(self, key: str) -> tuple[int, ...]:
        return self._shapes[key]

    def rows(self, key: str, start: int, stop: int) -> torch.Tensor:
        file = self._file_of[key]
        return file.get_slice(key)[start:stop] if self._shapes[key] else file.get_tensor(key)


class Pickled:
    """A .pth/.pt/.bin file of tensors, mapped into memory; nothing but tensors is accepted from it."""

    def __init__(self, files: list[Path]):
        self._tensors: dict[str, torch.Tensor] = {}
        for path in files:
            loaded = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
            self._tensors.update(loaded.get("state_dict", loaded))

    def keys(self) -> Iterable[str]:
        return self._tensors.keys()

    def shape(self, key: str) -> tuple[int, ...]:
        return tuple(self._tensors[key].shape)

    def rows(self, key: str, start: int, stop: int) -> torch.Tensor:
        return self._tensors[key][start:stop]


class Renamed:
    """Weights under other names; a name that maps to None is left out."""

    def __init__(self, inner: Weights, name: Callable[[str], str | None]):
        self._inner = inner
        self._old = {new: old for old in inner.keys() if (new := name(old)) is not None}

    def keys(self) -> Iterable[str]:
        return self._old.keys()

    def shape(self, key: str) -> tuple[int, ...]:
        return self._inner.shape(self._old[key])

    def rows(self, key: str, start: int, stop: int) -> torch.Tensor:
        return self._inner.rows(self._old[key], start, stop)


def open_weights(path: Path) -> Weights:
    """Weights of a file, or of a component folder as diffusers and transformers write it (one file, or shards with an index)."""
    if path.is_file():
        return Safetensors([path]) if path.suffix == ".safetensors" else Pickled([path])
    if not path.is_dir():
        raise CheckpointError(f"{path}: there is no such file or folder")
    for index in sorted(path.glob("*.safetensors.index.json")):
        names = sorted(set(json.loads(index.read_text())["weight_map"].values()))
        missing = [name for name in names if not (path / name).is_file()]
        if missing:
            raise CheckpointError(f"{path}: {', '.join(missing)} is missing ({index.name} names it)")
        return Safetensors([path / name for name in names])
    files = [f for f in sorted(path.glob("*.safetensors")) if ".fp16." not in f.name]
    if files:
        return Safetensors(files)
    files = sorted([*path.glob("*.pth"), *path.glob("*.bin")])
    if files:
        return Pickled(files)
    raise CheckpointError(f"{path}: no weights (.safetensors) in this folder")


_ORIGINAL = [
    ("time_embedding.0", "condition_embedder.time_embedder.linear_1"),
    ("time_embedding.2", "condition_embedder.time_embedder.linear_2"),
    ("text_embedding.0", "condition_embedder.text_embedder.linear_1"),
    ("text_embedding.2", "condition_embedder.text_embedder.linear_2"),
    ("time_projection.1", "condition_embedder.time_proj"),
    ("img_emb.proj.0", "condition_embedder.image_embedder.norm1"),
    ("img_emb.proj.1", "condition_embedder.image_embedder.ff.net.0.proj"),
    ("img_emb.proj.3", "condition_embedder.image_embedder.ff.net.2"),
    ("img_emb.proj.4", "condition_embedder.image_embedder.norm2"),
    ("img_emb.emb_pos", "condition_embedder.image_embedder.pos_embed"),
    ("head.modulation", "scale_shift_table"),
    ("head.head", "proj_out"),
]
_IN_BLOCK = {
    "self_attn": "attn1", "cross_attn": "attn2", "q": "to_q", "k": "to_k", "v": "to_v", "o": "to_out.0", "k_img": "add_k_proj",
    "v_img": "add_v_proj", "norm_k_img": "norm_added_k", "modulation": "scale_shift_table",
    "norm3": "norm2",  # the affine norm before cross attention; the other two have no weights
}  # fmt: skip
_FEED_FORWARD = {"0": "net.0.proj", "2": "net.2"}


def diffusers_name(name: str) -> str:
    """Name of a transformer's weight or module as diffusers has it, from the name in the Wan authors' own files (diffusers' pass through)."""
    for prefix in ("model.diffusion_model.", "diffusion_model.", "transformer.", "model."):
        name = name.removeprefix(prefix)
    for old, new in _ORIGINAL:
        if name == old or name.startswith(old + "."):
            return new + name[len(old) :]
    parts = name.split(".")
    if parts[0] != "blocks" or len(parts) < 3:
        return name
    if parts[2] == "ffn":
        return ".".join([*parts[:3], _FEED_FORWARD.get(parts[3], parts[3]), *parts[4:]])
    return ".".join(parts[:2] + [_IN_BLOCK.get(part, part) for part in parts[2:]])
