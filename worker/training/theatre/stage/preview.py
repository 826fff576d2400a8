"""Contact sheet of sets x times drawn by stage.onnx: python preview.py out.png [set ...]. For looking, not shipped."""

import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image

import scenery
from bake import STRIPS
from strip import HEIGHT, WIDTH

FOLDER = Path(__file__).resolve().parents[3] / "models" / "theatre"


def open_stage(threads=1):
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    return ort.InferenceSession(str(FOLDER / "stage.onnx"), options)


def strips():
    grey = np.asarray(Image.open(FOLDER / "scenery.webp").convert("L"))
    return grey.reshape(len(STRIPS), 3, HEIGHT, WIDTH)


def shot(stage, art, vector, t=1.0, camera=(0, 0, 0), width=640, height=360):
    feed = dict(background=vector.astype(np.float32), camera=np.array([*camera, width / height], np.float32), time=np.array(t, np.float32), size=np.array([height, width], np.int64), strips=art)
    feed["front-size"] = np.array([60, round(60 * width / height)], np.int64)
    picture, front = stage.run(None, feed)
    if front.shape[0] == 1:
        return picture
    front = np.asarray(Image.fromarray(front, "RGBA").resize((width, height), Image.BILINEAR)).astype(np.float32)
    return (front[..., :3] + picture * (1 - front[..., 3:] / 255)).clip(0, 255).astype(np.uint8)


if __name__ == "__main__":
    stage, art = open_stage(), strips()
    sets = sys.argv[2:] or scenery.SETS
    rows = []
    for kind in sets:
        row = []
        for j, (time_of_day, weather) in enumerate((("day", "clear"), ("dawn", "clear"), ("sunset", "clear"), ("night", "clear"), ("day", "rain"), ("day", "fog"))):
            vector, _ = scenery.background(np.random.default_rng(j + 7), kind, time_of_day, weather)
            shot(stage, art, vector)
            began = time.perf_counter()
            picture = shot(stage, art, vector)
            took = (time.perf_counter() - began) * 1e3
            row.append(np.asarray(Image.fromarray(picture).resize((320, 180), Image.LANCZOS)))
            print(f"{kind:13s} {time_of_day:7s} {weather:6s} {took:6.1f} ms", flush=True) if j in (0, 3) else None
        rows.append(np.concatenate(row, 1))
    Image.fromarray(np.concatenate(rows, 0)).save(sys.argv[1])
