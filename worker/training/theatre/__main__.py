"""Makes the director from nothing: data, training, export. One command, fixed seeds; started again, it goes on where it stopped.

    python -m worker.training.theatre            # everything; writes worker/models/theatre/{director.onnx,stage.json}
    python -m worker.training.theatre --only export
"""

import argparse
import json
from pathlib import Path

import torch

from .batch import Windows
from .curves import draw_curve
from .dataset import load as load_windows
from .dataset import make
from .export import MODELS, export
from .fixture import write_fixture
from .sample import load as load_director
from .train import Plan, train

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=HERE.parent / ".work", help="data and checkpoints (2 GB)")
    parser.add_argument("--steps", type=int, default=Plan.steps)
    parser.add_argument("--processes", type=int, default=2, help="for making the data; the data is the same for any number")
    parser.add_argument("--only", choices=["data", "train", "export"], help="one stage; the default is all")
    args = parser.parse_args()
    plan = Plan(steps=args.steps)
    if args.only in (None, "data"):
        make(args.work / "data", plan.shards, args.processes)
    if args.only in (None, "train"):
        train(Windows(load_windows(args.work / "data", plan.shards), plan.seed), plan, args.work)
    if args.only in (None, "export"):
        saved = torch.load(args.work / "director.pt", weights_only=False)
        curve = json.loads((args.work / "curve.json").read_text())
        last = curve["rows"][-1]
        report = export(load_director(str(args.work / "director.pt")), MODELS, {"steps": saved["step"], "loss": last[2]})
        draw_curve(curve, HERE.parent / "curve.svg")
        (HERE.parent / "curve.json").write_text(json.dumps(curve) + "\n")
        write_fixture()
        print(json.dumps({"steps": saved["step"], "minutes": last[1], "loss": last[2], **report}))


if __name__ == "__main__":
    main()
