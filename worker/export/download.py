"""Downloads of checkpoints that go on where they were broken off, also in another process, byte by byte.

The hub's own client finds the files and keeps the token; what it does not (version 2 begins a file anew in a new process) is to keep
the beginning of a 5 GB shard. So files lie in a folder of ours under HF_HOME, unfinished ones as `.part`.
"""

import hashlib
import re
import time
from pathlib import Path

import requests
from huggingface_hub import (
    HfApi,
    constants,
    get_hf_file_metadata,
    hf_hub_url,
    try_to_load_from_cache,
)
from huggingface_hub.utils import build_hf_headers, filter_repo_objects
from tqdm import tqdm

_CHUNK = 1 << 14
#: Tries without a single new byte before giving up, and the pause after each.
_TRIES, _PAUSE = 4, 1.0
#: Seconds to connect, and between two bytes.
_PATIENCE = (10, 60)


class Broken(Exception):
    """A download that ended early or came wrong; a second try goes on."""


def download(name: str, revision: str | None, patterns: list[str]) -> tuple[Path, str, str | None]:
    """Folder, commit and licence of a repository; only files that match are fetched. Raises what the hub's client raises, and Broken."""
    info = HfApi().model_info(name, revision=revision)
    commit = info.sha or revision or "main"
    folder = Path(constants.HF_HOME) / "threadreel" / name.replace("/", "--") / commit
    names = sorted(filter_repo_objects([s.rfilename for s in info.siblings or []], allow_patterns=patterns))
    for file in names:
        _fetch(name, commit, file, folder / file)
    card = getattr(info, "card_data", None)
    return folder, commit, (card.get("license_name") or card.get("license")) if card else None


def _fetch(name: str, commit: str, file: str, place: Path) -> None:
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    cached = try_to_load_from_cache(name, file, revision=commit)
    if isinstance(cached, str):
        place.symlink_to(Path(cached).resolve())
        return
    url = hf_hub_url(name, file, revision=commit)
    facts = get_hf_file_metadata(url, token=None)
    part = place.with_name(place.name + ".part")
    if part.exists() and facts.size is not None and part.stat().st_size > facts.size:
        part.unlink()
    _complete(url, part, facts.size, file)
    _verify(part, facts.etag, file)
    part.rename(place)


def _complete(url: str, part: Path, size: int | None, file: str) -> None:
    """Appends what is missing, over as many connections as it takes."""
    held = part.stat().st_size if part.exists() else 0
    with tqdm(total=size, initial=held, unit="B", unit_scale=True, desc=file) as bar, part.open("ab") as out:
        tries = 0
        while size is None or out.tell() < size:
            before = out.tell()
            try:
                _append(url, out, bar)
                if size is None:
                    return
            except requests.RequestException as error:
                if isinstance(error, requests.HTTPError):
                    raise
                tries = 0 if out.tell() > before else tries + 1
                if tries == _TRIES:
                    raise Broken(f"the connection broke at byte {out.tell():,} of {file}") from error
                time.sleep(_PAUSE)


def _append(url: str, out, bar: tqdm) -> None:
    """One connection. The token goes to the hub alone: requests drops it where a redirect leads elsewhere."""
    held = out.tell()
    headers = {**build_hf_headers(token=None), "Accept-Encoding": "identity"}
    if held:
        headers["Range"] = f"bytes={held}-"
    with requests.get(url, headers=headers, stream=True, timeout=_PATIENCE) as answer:
        answer.raise_for_status()
        if held and answer.status_code != 206:
            out.truncate(0)
            bar.update(-held)
        for chunk in answer.iter_content(_CHUNK):
            out.write(chunk)
            bar.update(len(chunk))


def _verify(part: Path, etag: str | None, file: str) -> None:
    """Large files carry their SHA-256 as ETag."""
    if not etag or not re.fullmatch(r"[0-9a-f]{64}", etag):
        return
    with part.open("rb") as data:
        if hashlib.file_digest(data, "sha256").hexdigest() != etag:
            part.unlink()
            raise Broken(f"{file} came damaged (sha256 differs)")
