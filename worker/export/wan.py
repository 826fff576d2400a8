"""Makes a Wan package out of a diffusers checkpoint.

    python -m worker.export.wan --from Wan-AI/Wan2.1-T2V-1.3B-Diffusers --to models/wan2.1-t2v-1.3b --dtype fp16

The download goes on where it was broken off; HF_ENDPOINT and HF_TOKEN are honoured. Exit 0: the package is in its place and every
graph was checked. Exit 1: it is not, and one line says why.
"""

import argparse
import os
import sys
from pathlib import Path

from .check import CheckFailed
from .checkpoint import CheckpointError
from .components import Wishes
from .graph import BF16, F16, F32
from .model_json import check_id, id_of
from .package import make_package
from .quantize import INT4, INT8
from .source import fetch
from .variants import VARIANTS

_TYPES = {"fp16": F16, "bf16": BF16, "fp32": F32}
_BITS = {"int8": INT8, "int4": INT4}


def _adapter(text: str) -> tuple[Path, float]:
    """`file` or `file:strength`."""
    path, _, strength = text.rpartition(":")
    try:
        return (Path(path), float(strength)) if path else (Path(text), 1.0)
    except ValueError:
        return Path(text), 1.0


def _timesteps(text: str) -> list[float]:
    try:
        steps = [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"timesteps are numbers with commas between them, not {text}") from None
    if any(not 0 < step <= 1000 for step in steps) or any(a <= b for a, b in zip(steps, steps[1:], strict=False)):
        raise argparse.ArgumentTypeError(f"timesteps fall, and lie above 0 and up to 1000: {text}")
    return steps


def _number(kind: type, least: float, open_end: bool = False):
    """A number of at least, or with `open_end` above, `least`."""

    def read(text: str):
        value = kind(text)
        if not (value > least if open_end else value >= least) or value == float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not {'above' if open_end else 'at least'} {least:g}")
        return value

    read.__name__ = {int: "whole number", float: "number"}[kind]
    return read


def _parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="python -m worker.export.wan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument(
        "--from",
        dest="source",
        required=True,
        metavar="ID|FOLDER",
        help="hub id (owner/name, owner/name@revision) or folder of a diffusers checkpoint",
    )
    p.add_argument("--to", type=Path, metavar="FOLDER", help="the package; its name is the id (default: models/<name of the source>)")
    p.add_argument("--revision", help="branch, tag or commit on the hub")
    p.add_argument(
        "--dtype", choices=_TYPES, help="of the weights (default: fp32, the reference's digits; take fp16 for a GPU; bf16 runs on CUDA alone)"
    )
    p.add_argument("--vae-dtype", choices=["fp16", "fp32"], help="of the autoencoder (default: as --dtype; fp32 with bf16)")
    p.add_argument("--quantize", choices=_BITS, help="large matrices in 8 or 4 bits")
    p.add_argument(
        "--lora",
        type=_adapter,
        action="append",
        default=[],
        metavar="FILE[:STRENGTH]",
        help="merged into the transformer (both experts, without --lora-2)",
    )
    p.add_argument("--lora-2", type=_adapter, action="append", default=[], metavar="FILE[:STRENGTH]", help="merged into transformer_2")
    p.add_argument(
        "--transformer",
        metavar="ID|FOLDER|FILE",
        help="another transformer, the rest from --from (fine-tunes, distilled models; also in the authors' own layout)",
    )
    p.add_argument("--transformer-2", metavar="ID|FOLDER|FILE")
    p.add_argument("--variant", choices=VARIANTS, help="where the shapes do not tell (inp: Fun-InP, move: Wan-Move)")
    p.add_argument("--shift", type=_number(float, 0, open_end=True), help="of the noise schedule (default: the checkpoint's)")
    p.add_argument("--steps", type=_number(int, 1))
    p.add_argument("--guidance", type=_number(float, 0))
    p.add_argument("--guidance-2", type=_number(float, 0), help="of the second expert")
    p.add_argument("--timesteps", type=_timesteps, metavar="T,T,...", help="explicit timesteps of a distilled model; guidance is 1 then")
    p.add_argument("--renoise", action="store_true", help="with --timesteps: noised anew after every step (FastWan, LightX2V for Wan 2.1)")
    p.add_argument("--licence", help="where the source does not say")
    return p


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.renoise and not args.timesteps:
        parser.error("--renoise goes with --timesteps")
    try:
        source = fetch(args.source, args.revision)
        target = args.to or Path(os.environ.get("MODELS_DIR", "models")) / id_of(source.name)
        check_id(target.resolve().name)
        others = {"transformer": args.transformer, "transformer_2": args.transformer_2}
        wishes = Wishes(
            dtype=_TYPES.get(args.dtype),
            vae_dtype=_TYPES.get(args.vae_dtype),
            quantization=_BITS.get(args.quantize),
            loras={k: v for k, v in (("transformer", args.lora), ("transformer_2", args.lora_2 or args.lora)) if v},
            transformers={name: fetch(given, part=True) for name, given in others.items() if given},
            variant=args.variant,
            shift=args.shift,
            steps=args.steps,
            guidance=args.guidance,
            guidance_low=args.guidance_2,
            timesteps=args.timesteps,
            renoise=args.renoise,
            licence=args.licence,
        )
        make_package(source, target.resolve(), wishes)
    except (CheckpointError, CheckFailed, OSError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 1
    print(f"{target}: done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
