"""Where a checkpoint comes from: a folder, or the Hugging Face hub (resumable; HF_ENDPOINT and HF_TOKEN as its client reads them)."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from .checkpoint import CheckpointError

#: What an export reads; sample videos, ONNX files and other precisions of a repository stay where they are.
_WANTED = [
    "model_index.json", "README.md", "LICENSE*", "LICENCE*", "NOTICE*", "scheduler/*.json", "tokenizer/*", "image_processor/*.json",
    "feature_extractor/*.json",
    *(f"{part}/*{kind}" for part in ("text_encoder", "transformer", "transformer_2", "vae", "image_encoder") for kind in (".json", ".safetensors")),
]  # fmt: skip
#: Of a repository in the authors' own layout only the transformer is of use.
_WANTED_PART = ["config.json", "README.md", "LICENSE*", "*.safetensors", "*.safetensors.index.json"]


@dataclass(frozen=True)
class Source:
    """A checkpoint on this machine and what its package says about where it is from."""

    folder: Path
    name: str
    revision: str
    url: str | None
    licence: str | None


def fetch(given: str, revision: str | None = None, part: bool = False) -> Source:
    """A folder as it is, or a hub id (`owner/name`, `owner/name@revision`) downloaded; `part`: only a transformer in the authors' layout.

    Broken downloads go on where they stopped. Raises CheckpointError with one line for the operator.
    """
    folder = Path(given).expanduser()
    if folder.exists():
        return _local(folder.resolve())
    name, _, at = given.partition("@")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise CheckpointError(f"{given} is neither a folder here nor a hub id (owner/name)")
    return _download(name, revision or at or None, part)


def _download(name: str, revision: str | None, part: bool) -> Source:
    from huggingface_hub import constants

    from .download import download

    try:
        folder, commit, licence = download(name, revision, _WANTED_PART if part else _WANTED)
    except Exception as error:
        raise CheckpointError(
            f"{name} could not be downloaded from {constants.ENDPOINT}: {_said(error)}. Run the same command again to go on"
        ) from error
    return Source(folder, name, commit, f"{constants.ENDPOINT}/{name}", licence or _licence_in(folder))


def _said(error: Exception) -> str:
    return re.sub(r"\s+", " ", str(error)).strip()[:300] or type(error).__name__


def _local(folder: Path) -> Source:
    snapshot = re.search(r"models--([^/]+)--([^/]+)/snapshots/([0-9a-f]{40})$", folder.as_posix())
    if snapshot:
        return Source(folder, f"{snapshot[1]}/{snapshot[2]}", snapshot[3], None, _licence_in(folder))
    generic = folder.name in ("checkpoint", "model", "weights")
    return Source(folder, f"{folder.parent.name}/{folder.name}" if generic else folder.name, "local", None, _licence_in(folder))


def _licence_in(folder: Path) -> str | None:
    """The `license:` of a model card's front matter."""
    card = folder / "README.md"
    front = re.match(r"---\s*\n(.*?)\n---", card.read_text(errors="replace"), re.DOTALL) if card.is_file() else None
    found = re.search(r"^license:\s*[\"']?([\w.+ -]+)", front[1], re.MULTILINE) if front else None
    return found[1].strip() if found else None


def read_json(path: Path) -> dict:
    """A JSON object; raises CheckpointError naming the file."""
    try:
        value = json.loads(path.read_text())
    except FileNotFoundError:
        raise CheckpointError(f"{path.parent.name}/{path.name} is missing in the checkpoint") from None
    except json.JSONDecodeError as error:
        raise CheckpointError(f"{path.parent.name}/{path.name} is no JSON ({error})") from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path.parent.name}/{path.name} holds no JSON object")
    return value
