"""Shared by the tests: tiny checkpoints and their packages, made once."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "2")

from pathlib import Path

import pytest

from worker.export.components import Wishes
from worker.export.package import make_package
from worker.export.source import fetch
from worker.export.tiny import ODD, Shape, make_checkpoint


class Made:
    """Makes a checkpoint or a package the first time it is asked for."""

    def __init__(self, root: Path):
        self._root = root

    def checkpoint(self, variant: str, odd: bool = False, seed: int = 3) -> Path:
        folder = self._root / "checkpoints" / f"{variant}{'-odd' if odd else ''}-{seed}"
        return folder if folder.exists() else make_checkpoint(folder, variant, seed, ODD if odd else Shape())

    def package(self, variant: str, odd: bool = False, **wishes) -> Path:
        name = "-".join([variant.replace("_", "-"), *(["odd"] if odd else []), *(f"{k}{v}" for k, v in wishes.items())])
        folder = self._root / "packages" / "".join(c if c.isalnum() or c in "._-" else "-" for c in name.lower())[:60].rstrip("-")
        if not folder.exists():
            make_package(fetch(str(self.checkpoint(variant, odd))), folder, Wishes(**wishes))
        return folder


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Made:
    return Made(tmp_path_factory.mktemp("wan"))
