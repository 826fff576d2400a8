"""Builds everything the stage ships: python build.py [folder]."""

import sys
from pathlib import Path

import onnx
from PIL import Image

import bake
import scenery
from scene_graph import build

if __name__ == "__main__":
    here = Path(__file__).resolve()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here.parents[3] / "models" / "theatre"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(bake.bake()).save(folder / "scenery.webp", quality=80, method=6)
    onnx.save(build(), folder / "stage.onnx")
    scenery.write(here.parents[1] / "background.json")
    for f in ("scenery.webp", "stage.onnx"):
        print(f, (folder / f).stat().st_size)
