"""Builds everything the stage ships: python build.py [folder]."""

import json
import sys
from pathlib import Path

import onnx
from PIL import Image

import bake
import picture_graph
import puppet_graph
import scene_graph
import scenery
import strip

if __name__ == "__main__":
    here = Path(__file__).resolve()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here.parents[3] / "models" / "theatre"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(bake.bake()).save(folder / "scenery.webp", quality=80, method=6)
    onnx.save(scene_graph.build(), folder / "stage.onnx")
    onnx.save(puppet_graph.build(), folder / "puppet.onnx")
    onnx.save(picture_graph.build(), folder / "picture.onnx")
    scenery.write(here.parents[1] / "background.json")
    nouns = json.loads((here.parents[1] / "nouns.json").read_text())
    traits = {n["id"]: dict(gait=n["gait"], faces=n["faces"], group=n["group"], width=n["w"], height=n["h"]) for n in nouns}
    # Canvas pixels of the art -> box units: x to where it faces, y up, radius, hub in parts of the radius.
    for noun, wheels in json.loads((here.parents[1] / "art" / "wheels.json").read_text()).items():
        traits[noun]["wheels"] = [[round(x / 128 - 1, 4), round(1 - y / 128, 4), round(r / 128, 4), hub] for x, y, r, hub in wheels]
    doc = dict(strips=dict(names=bake.STRIPS, width=strip.WIDTH, height=strip.HEIGHT), background=scenery.NAMES, nouns=traits)
    (folder / "scenery.json").write_text(json.dumps(doc, separators=(",", ":")) + "\n")
    for f in ("scenery.webp", "scenery.json", "stage.onnx", "puppet.onnx", "picture.onnx"):
        print(f, (folder / f).stat().st_size)
