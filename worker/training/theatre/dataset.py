"""Windows of composed clips as arrays: made in shards, in parallel, each window seeded by its own index (any number of processes gives the
same data)."""

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path

import numpy as np

from .grammar.compose import compose, window
from .held_out import is_held_out
from .state import CURTAIN, ROT, scale_table

SHARD = 5000
SEED = 2026


def example(index: int, seed: int = SEED) -> dict[str, np.ndarray]:
    """Window `index`: about two in three start a clip, one in three continue one. Drawn again until it shows nothing that is held out."""
    for attempt in count():
        rng = np.random.default_rng([seed, index, attempt])
        clip = compose(rng)
        second = clip.shot.late > 0 or rng.random() < 0.2
        made = window(clip, bool(second))
        if not is_held_out(made["cast"]):
            break
    made["states"][:, :, ROT] -= np.round(made["states"][:, CURTAIN : CURTAIN + 1, ROT])
    made["states"] = (made["states"] / scale_table()).clip(-12, 12).astype(np.float16)
    made["background"] = made["background"].astype(np.float16)
    return made


def write_shard(folder: str, shard: int, seed: int = SEED) -> None:
    """Writes shard `shard` unless it is there already."""
    path = Path(folder) / f"windows-{shard:03d}.npz"
    if path.exists():
        return
    rows = [example(i, seed) for i in range(shard * SHARD, (shard + 1) * SHARD)]
    part = path.with_suffix(f".{os.getpid()}.part.npz")
    np.savez(part, **{key: np.stack([row[key] for row in rows]) for key in rows[0]})
    os.replace(part, path)


def make(folder: Path, shards: int, processes: int) -> None:
    """Makes all shards that are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes) as pool:
        jobs = [pool.submit(write_shard, str(folder), shard) for shard in range(shards)]
        for done, job in enumerate(jobs):
            job.result()
            print(f"data {done + 1}/{shards} shards", flush=True)


def load(folder: Path, shards: int) -> dict[str, np.ndarray]:
    """All shards, joined."""
    parts = [np.load(folder / f"windows-{shard:03d}.npz") for shard in range(shards)]
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0].files}
