"""More checkpoints and reference cases, of sizes nobody publishes: what `npm run golden` must also pass.

    python -m worker.export.more FOLDER [name ...]

Leaves FOLDER/<name>/checkpoint and FOLDER/<name>/cases/<case>; export each with `python -m worker.export.wan` and give package
and case to `npm run golden`. Two are stored in halves: the reference computes in float32 all the same, and so does a package by default.
"""

import argparse
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from .fixture import Case, write_case
from .tiny import ODD, Shape, make_pipeline

_CHINESE = "一只猫在雨夜的霓虹街道上追着蝴蝶，慢镜头，电影质感"
_LONG = " ".join(f"a red cat runs slow through the rain {i} 一只猫" for i in range(120))
_USUAL = Shape()


@dataclass(frozen=True)
class _Checkpoint:
    variant: str
    shape: Shape
    cases: dict[str, Case]
    boundary: float | None = None
    dtype: torch.dtype = torch.float32
    shard: str = "10GB"


CHECKPOINTS = {
    "words": _Checkpoint(
        "t2v",
        replace(_USUAL, heads=5, head=16, feed_forward=96, layers=4, text_width=24, text_heads=5, text_head=4, text_layers=3),
        {
            "chinese": Case(48, 32, 1, 3, 5.0, prompt=_CHINESE, negative=""),
            "twenty-five": Case(32, 32, 9, 25, 6.0, shift=7.5, prompt="a cat & a dog &lt;3 “quoted”"),
            "one-step": Case(32, 32, 5, 1, 1.0, shift=1.0, prompt="a cat", negative=None),
            "no-words": Case(32, 32, 5, 1, 2.0, kind="euler", prompt="", negative=""),
            "eight-frames": Case(32, 64, 8, 2, 2.0, prompt="ﬁre  ｃａｔ", negative=""),
        },
    ),
    "wide": _Checkpoint(
        "t2v",
        replace(
            _USUAL, heads=1, head=128, feed_forward=1024, rope_length=1024, frequencies=256, vae_blocks=2, vae_width=8, vae_multiples=(1, 2, 4, 4)
        ),
        {
            "long": Case(64, 32, 13, 6, 5.0, prompt=_LONG, negative=_CHINESE),
            "euler": Case(32, 96, 17, 12, 4.5, shift=5.0, kind="euler", prompt="a dog runs", negative="static"),
        },
        shard="30KB",
    ),
    "experts": _Checkpoint(
        "t2v_a14b",
        replace(_USUAL, heads=4, head=20, feed_forward=64, layers=1),
        {
            "boundary": Case(32, 32, 5, 10, 4.0, 3.0, 12.0, negative=""),
            "euler": Case(32, 32, 5, 9, 4.0, shift=8.0, kind="euler"),
            "low-one": Case(32, 32, 5, 6, 4.0, 1.0),
        },
        boundary=0.99,
    ),
    "low-expert": _Checkpoint("t2v_a14b", _USUAL, {"unguided": Case(32, 48, 5, 3, 3.0, 1.0, 5.0, negative="")}, boundary=1.0),
    "picture": _Checkpoint(
        "i2v",
        replace(_USUAL, heads=3, head=32, layers=5, image_size=28, image_patch=14, image_width=32, image_heads=4, image_layers=6),
        {
            "seventeen": Case(48, 80, 17, 5, 5.0, known=(0,), prompt=_CHINESE, negative=""),
            "euler": Case(64, 32, 5, 7, 1.0, shift=5.0, known=(0,), kind="euler", negative=None),
            "one-frame": Case(32, 32, 1, 3, 3.0, shift=5.0, known=(0,)),
        },
    ),
    "picture-experts": _Checkpoint(
        "i2v_a14b",
        replace(ODD, heads=2, head=24),
        {
            "plain": Case(32, 48, 9, 12, 3.5, 2.0, 5.0, (0,), negative=_CHINESE),
            "last": Case(48, 32, 5, 6, 3.5, 2.0, 5.0, (0, 4), "euler", negative=""),
        },
        boundary=0.3,
    ),
    "two-pictures": _Checkpoint(
        "flf",
        replace(ODD, heads=7, head=8, image_layers=4),
        {
            "unipc": Case(32, 48, 9, 7, 5.5, shift=16.0, known=(0, 8), negative=""),
            "euler": Case(48, 48, 21, 4, 5.5, known=(0, 20), kind="euler"),
        },
    ),
    "tokens": _Checkpoint(
        "ti2v",
        replace(_USUAL, heads=6, head=24, feed_forward=128, layers=3),
        {
            "text": Case(64, 96, 9, 8, 5.0, shift=5.0, prompt=_CHINESE, negative=""),
            "picture": Case(96, 32, 13, 6, 5.0, shift=5.0, known=(0,), prompt=_LONG, negative=""),
            "distilled": Case(32, 32, 5, 3, 1.0, shift=8.0, known=(0,), kind="euler", negative=None),
        },
    ),
    "tokens-odd": _Checkpoint(
        "ti2v",
        replace(ODD, vae_multiples=(1, 2, 2, 2)),
        {"picture": Case(64, 64, 17, 5, 3.0, known=(0,), kind="euler"), "one-frame": Case(32, 32, 1, 4, 3.0)},
        shard="30KB",
    ),
    "bf16": _Checkpoint("t2v", replace(_USUAL, head=64), {"unipc": Case(32, 32, 5, 3, 3.0)}, dtype=torch.bfloat16),
    "fp16": _Checkpoint("t2v", replace(_USUAL, head=64), {"unipc": Case(32, 32, 5, 3, 3.0)}, dtype=torch.float16),
}


def write_more(folder: Path, name: str, seed: int) -> None:
    """Writes one of CHECKPOINTS with its cases; what an earlier run left of it goes."""
    made = CHECKPOINTS[name]
    pipe = make_pipeline(made.variant, seed, made.shape)
    if made.boundary is not None:
        pipe.register_to_config(boundary_ratio=made.boundary)
    for part in (pipe.transformer, pipe.text_encoder):
        part.to(made.dtype)
    shutil.rmtree(folder / name, ignore_errors=True)
    pipe.save_pretrained(folder / name / "checkpoint", max_shard_size=made.shard)
    for key, case in made.cases.items():
        write_case(folder / name / "cases" / key, folder / name / "checkpoint", made.variant, case)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m worker.export.more", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="name", help=f"default: all ({', '.join(CHECKPOINTS)})")
    args = parser.parse_args()
    if unknown := [name for name in args.names if name not in CHECKPOINTS]:
        parser.error(f"there is no {', '.join(unknown)} (there are: {', '.join(CHECKPOINTS)})")
    for seed, name in enumerate(CHECKPOINTS):
        if not args.names or name in args.names:
            write_more(args.folder, name, 50 + seed)
            print(args.folder / name, flush=True)


if __name__ == "__main__":
    main()
