"""model.json and the card of a package (PACKAGE.md, worker/model-json.ts)."""

import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path

from .checkpoint import CheckpointError
from .variants import Sizes, Variant

_RESAMPLE = {1: "lanczos", 3: "bicubic", "lanczos": "lanczos", "bicubic": "bicubic"}
_LIBRARIES = ("diffusers", "transformers", "onnx", "onnxruntime", "torch")


def versions() -> dict[str, str]:
    return {name: version(name) for name in _LIBRARIES}


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def id_of(name: str) -> str:
    """Package id for a source: `Wan-AI/Wan2.1-T2V-1.3B-Diffusers` -> `wan2.1-t2v-1.3b`."""
    last = re.sub(r"/(checkpoint|model|weights)$", "", name).split("/")[-1]
    plain = re.sub(r"[^a-z0-9._-]+", "-", re.sub(r"-diffusers$", "", last.lower())).strip("-._")
    return plain[:64] or "wan"


def check_id(name: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        raise CheckpointError(f'"{name}" cannot be the id of a package: lower case letters, digits, ".", "_" and "-", at most 64')


def picture_settings(config: dict, size: int, tokens: int, dim: int, pictures: int) -> dict:
    """`settings.image` from a preprocessor_config.json (transformers' CLIPImageProcessor)."""
    resize = config.get("size", {"shortest_edge": 224}) if config.get("do_resize", True) else None
    if isinstance(resize, int):
        resize = {"shortest_edge": resize}
    edge = None if resize is None else resize.get("shortest_edge") or [resize["width"], resize["height"]]
    crop = config.get("crop_size", 224) if config.get("do_center_crop", True) else None
    if isinstance(crop, dict):
        if crop["height"] != crop["width"]:
            raise CheckpointError("the image processor crops to something else than a square")
        crop = crop["height"]
    resample = _RESAMPLE.get(config.get("resample", 3))
    if resample is None:
        raise CheckpointError(f"the image processor's filter {config['resample']} is not known (bicubic and lanczos are)")
    normalize = config.get("do_normalize", True)
    return {
        "size": size,
        "tokens": tokens,
        "dim": dim,
        "pictures": pictures,
        "shortestEdge": edge,
        "crop": crop,
        "resample": resample,
        "scale": config.get("rescale_factor", 1 / 255) if config.get("do_rescale", True) else 1.0,
        "mean": config.get("image_mean", [0.48145466, 0.4578275, 0.40821073]) if normalize else [0.0, 0.0, 0.0],
        "std": config.get("image_std", [0.26862954, 0.26130258, 0.27577711]) if normalize else [1.0, 1.0, 1.0],
    }


#: What the schedulers of the worker do, by the reference's names; an option that a configuration does not name is taken to be so.
_ALIKE = {
    "num_train_timesteps": 1000,
    "use_dynamic_shifting": False,
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
}
_SCHEDULERS = {
    "FlowMatchEulerDiscreteScheduler": {"invert_sigmas": False, "stochastic_sampling": False},
    "UniPCMultistepScheduler": {
        "prediction_type": "flow_prediction", "use_flow_sigmas": True, "predict_x0": True, "solver_type": "bh2", "solver_order": 2,
        "lower_order_final": True, "disable_corrector": [], "thresholding": False, "final_sigmas_type": "zero",
    },
}  # fmt: skip


def scheduler_settings(config: dict, shift: float | None) -> dict:
    """`scheduler` from a scheduler_config.json; raises CheckpointError for options the pipelines do not have."""
    name = config.get("_class_name", "UniPCMultistepScheduler")
    if name not in _SCHEDULERS:
        raise CheckpointError(f"the scheduler {name} is not known (UniPCMultistepScheduler and FlowMatchEulerDiscreteScheduler are)")
    strange = [key for key, value in (_ALIKE | _SCHEDULERS[name]).items() if config.get(key, value) != value]
    if strange:
        raise CheckpointError(f"the scheduler's options are not those of Wan: {', '.join(strange)}")
    if name == "FlowMatchEulerDiscreteScheduler":
        return {"type": "flow-match-euler", "shift": shift or config.get("shift", 1.0), "trainTimesteps": 1000}
    return {
        "type": "unipc",
        "shift": shift or config.get("flow_shift", 1.0),
        "trainTimesteps": 1000,
        "order": 2,
        "solver": "bh2",
        "lowerOrderFinal": True,
    }


def size_settings(sizes: Sizes) -> dict:
    return {
        "multiple": sizes.multiple,
        "leastSide": sizes.multiple,
        "mostSide": sizes.most_side,
        "mostPixels": sizes.most_pixels,
        "native": [{"width": w, "height": h} for _, w, h in sizes.native],
    }


def frame_settings(variant: Variant) -> dict:
    return {"fps": [variant.fps], "multiple": 4, "offset": 1, "most": variant.most_frames}


def write_model_json(folder: Path, model: dict) -> None:
    """Adds sizes and hashes of all files in the folder and writes model.json, last of all."""
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in ("model.json", "README.md")):
        files[path.relative_to(folder).as_posix()] = {"sha256": hash_file(path), "bytes": path.stat().st_size}
    (folder / "model.json").write_text(json.dumps({**model, "files": files}, indent=2, ensure_ascii=False) + "\n")
