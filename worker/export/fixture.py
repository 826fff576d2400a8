"""Makes the packages and reference cases that the TypeScript tests read: one for every way of conditioning, all of them tiny.

    python -m worker.export.fixture [--to worker/families/wan/testing]

A case has the layout of a golden case (case.json, pictures, .npy arrays): settings and what diffusers made of them, step by step.
"""

import argparse
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .components import Wishes
from .graph import F16
from .model_json import write_model_json
from .package import make_package
from .source import Source
from .tiny import Shape, make_checkpoint

HERE = Path(__file__).resolve().parent.parent / "families" / "wan" / "testing"
SHAPE = Shape(
    heads=2, head=8, feed_forward=16, layers=1, rope_length=16, frequencies=16, text_width=8, text_heads=2, text_head=4, text_layers=1,
    vae_width=2, vae_multiples=(1, 1, 1, 1), vae_blocks=0, image_width=8, image_layers=2, image_size=16, image_patch=8,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What a diffusers pipeline is asked for."""

    width: int
    height: int
    frames: int
    steps: int
    guidance: float
    #: Of the second expert.
    low: float | None = None
    shift: float = 3.0
    #: Frames that are given: the first, the last; any for Fun-InP.
    known: tuple[int, ...] = ()
    kind: str = "unipc"
    prompt: str = "a red cat runs slow through the rain, 一只猫"
    negative: str | None = "blurry, low quality"


#: Package, tiny checkpoint, variant asked for, case.
CASES = (
    ("t2v", "t2v", None, Case(48, 16, 5, 4, 4.0)),
    ("i2v", "i2v", None, Case(32, 48, 5, 3, 3.0, known=(0,))),
    ("i2v-a14b", "i2v_a14b", None, Case(32, 32, 5, 4, 3.5, 2.5, 5.0, (0, 4))),
    ("inp", "i2v", "inp", Case(32, 32, 9, 3, 3.0, shift=5.0, known=(0, 1, 2, 3, 4))),
    ("ti2v", "ti2v", None, Case(64, 32, 5, 3, 4.0, shift=5.0, known=(0,))),
)
#: Packages that keep their loop graphs; the others are as small as they can be.
_WITH_LOOPS = ("t2v", "ti2v")
_TOLERANCE = {
    "prompt_embeds": 1e-4, "negative_prompt_embeds": 1e-4, "clip_pixel_values": 1e-5, "image_embeds": 1e-4, "condition": 1e-4,
    "velocity_first": 1e-4, "latents_steps": 1e-4, "decoder_input": 5e-4, "frames": 1e-3, "frames_u8": 1, "sigmas": 1e-6, "timesteps": 0,
}  # fmt: skip


def _picture(width: int, height: int, seed: int) -> Image.Image:
    """A smooth colour field: compresses well, no two alike."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin((seed + 1 + c) * x / width * 2 + c) + np.cos((2 + seed * 0.5 + c) * y / height * 3) for c in range(3)]
    return Image.fromarray(((np.stack(waves, -1) / 4 + 0.5) * 255).astype(np.uint8))


def _pixels(pictures: list[Image.Image]) -> torch.Tensor:
    """[1, 3, frames, H, W] in -1..1."""
    return torch.from_numpy(np.stack([np.asarray(p) for p in pictures])).permute(3, 0, 1, 2)[None].float() / 127.5 - 1


class _Recorder:
    """What the components of a diffusers pipeline give while it runs."""

    def __init__(self, pipe):
        self.velocities: list[torch.Tensor] = []
        self.experts: list[str] = []
        self.embeds: list[torch.Tensor] = []
        self.images: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.decoded: list[torch.Tensor] = []
        for name in ("transformer", "transformer_2"):
            if getattr(pipe, name, None) is not None:
                getattr(pipe, name).register_forward_hook(lambda _, __, out, name=name: self._velocity(out[0], name))
        pipe.text_encoder.register_forward_hook(self._text, with_kwargs=False)
        if getattr(pipe, "image_encoder", None) is not None:
            pipe.image_encoder.register_forward_hook(self._image, with_kwargs=True)
        decode = pipe.vae.decode
        pipe.vae.decode = lambda z, *a, **k: (self.decoded.append(z.clone()), decode(z, *a, **k))[1]

    def _velocity(self, out: torch.Tensor, name: str) -> None:
        self.velocities.append(out.clone())
        self.experts.append(name)

    def _text(self, _, inputs, out) -> None:
        count = int(inputs[1].sum())
        self.embeds.append(out.last_hidden_state[0, :count].clone())

    def _image(self, _, inputs, kwargs, out) -> None:
        pixels = kwargs.get("pixel_values") if "pixel_values" in kwargs else inputs[0]
        self.images.append((pixels.clone(), out.hidden_states[-2].clone()))


def _condition(pipe, known: dict[int, Image.Image], frames: int, width: int, height: int) -> torch.Tensor:
    """Mask (4) and latents of the known frames on grey: the packing of WanImageToVideoPipeline, for any set of frames (Fun-InP)."""
    clip, mask = torch.zeros(1, 3, frames, height, width), torch.zeros(1, 1, frames, height // 8, width // 8)
    for at, picture in known.items():
        clip[:, :, at], mask[:, :, at] = _pixels([picture])[:, :, 0], 1
    c = pipe.vae.config
    mean, std = (torch.tensor(v).view(1, -1, 1, 1, 1) for v in (c.latents_mean, c.latents_std))
    latents = (pipe.vae.encode(clip).latent_dist.mode() - mean) / std
    mask = torch.cat([mask[:, :, :1].repeat(1, 1, 4, 1, 1), mask[:, :, 1:]], 2).view(1, -1, 4, *mask.shape[3:]).transpose(1, 2)
    return torch.cat([mask, latents], 1)


@torch.no_grad()
def write_case(folder: Path, checkpoint: Path, name: str, case: Case, variant: str | None = None, frames: bool = True) -> None:
    """Runs diffusers on a checkpoint in float32 and leaves settings and arrays in `folder` (with `frames`: as numbers, not only as levels)."""
    from diffusers import (
        FlowMatchEulerDiscreteScheduler,
        UniPCMultistepScheduler,
        WanImageToVideoPipeline,
        WanPipeline,
    )
    from diffusers.pipelines.wan.pipeline_wan_i2v import prompt_clean

    pipe = (WanImageToVideoPipeline if case.known else WanPipeline).from_pretrained(checkpoint, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    if case.kind == "euler":
        pipe.scheduler = FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=case.shift)
    else:
        pipe.scheduler = UniPCMultistepScheduler.from_config(pipe.scheduler.config, flow_shift=case.shift)
    width, height = case.width, case.height
    known = {at: _picture(width, height, at) for at in case.known}
    z, spatial = pipe.vae.config.z_dim, pipe.vae.config.scale_factor_spatial
    generator = torch.Generator().manual_seed(7)
    # The pipeline makes 1 + 4k frames of any number.
    latent_frames = (case.frames - 1) // 4 + 1 if case.frames % 4 == 1 else case.frames // 4 + 1
    noise = torch.randn(1, z, latent_frames, height // spatial, width // spatial, generator=generator)
    recorder, kept, arrays = _Recorder(pipe), [], {"noise": noise}
    given = {}
    if known:
        given["image"] = known[0]
        prepare = pipe.prepare_latents

        def prepared(*args, **kwargs):
            out = prepare(*args, **kwargs)
            if variant == "inp":
                out = (out[0], _condition(pipe, known, case.frames, width, height))
            arrays["condition"] = out[1]
            return out

        pipe.prepare_latents = prepared
        if variant is None and len(known) == 2:
            given["last_image"] = known[max(known)]
    if case.low is not None:
        given["guidance_scale_2"] = case.low

    def step(_, i, t, values):
        kept.append(values["latents"].clone())
        return values

    clip = pipe(
        prompt=case.prompt, negative_prompt=case.negative, width=width, height=height, num_frames=case.frames, num_inference_steps=case.steps,
        guidance_scale=case.guidance, latents=noise.clone(), output_type="np", callback_on_step_end=step, **given,
    ).frames[0]  # fmt: skip
    looks = 2 if case.guidance > 1 else 1
    arrays |= {
        "prompt_embeds": recorder.embeds[0],
        "velocity_first": torch.stack(recorder.velocities[:looks]),
        "latents_steps": torch.stack(kept),
        "decoder_input": recorder.decoded[0],
        "frames_u8": np.rint(255 * clip).astype(np.uint8),
    }
    if looks == 2:
        arrays["negative_prompt_embeds"] = recorder.embeds[1]
    if recorder.images:
        arrays["clip_pixel_values"], arrays["image_embeds"] = recorder.images[0]
    if frames:
        arrays["frames"] = clip.astype(np.float32)
    folder.mkdir(parents=True)
    for key, value in arrays.items():
        np.save(folder / f"{key}.npy", np.ascontiguousarray(value))
    for at, picture in known.items():
        picture.save(folder / f"known_{at}.png", optimize=True)
    ids = [pipe.tokenizer(prompt_clean(text), truncation=True, max_length=512).input_ids for text in (case.prompt, case.negative or "")]
    (folder / "prompt_ids.json").write_text(json.dumps({"prompt": ids[0], "negative_prompt": ids[1] if looks == 2 else None}) + "\n")
    number = float if case.kind == "euler" else int
    settings = {
        "variant": name,
        "case": case.kind,
        "prompt": case.prompt,
        "negative_prompt": case.negative,
        "image": "known_0.png" if known else None,
        "last_image": f"known_{max(known)}.png" if "last_image" in given else None,
        "known_frames": sorted(known),
        "height": height,
        "width": width,
        "num_frames": case.frames,
        "num_inference_steps": case.steps,
        "guidance_scale": case.guidance,
        "guidance_scale_2": case.low,
        "scheduler": {"kind": case.kind, "shift": case.shift},
        "max_sequence_length": 512,
        "timesteps": [number(t) for t in pipe.scheduler.timesteps],
        "sigmas": [float(s) for s in pipe.scheduler.sigmas],
        "experts": recorder.experts[::looks],
        "tolerance": {**_TOLERANCE, **({"timesteps": 1e-3} if case.kind == "euler" else {})},
    }
    (folder / "case.json").write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n")


def _without_loops(package: Path) -> None:
    model = json.loads((package / "model.json").read_text())
    for name in [name for name in model["components"] if name.endswith("_loop")]:
        del model["components"][name]
        (package / f"{name}.onnx").unlink()
    write_model_json(package, model)


def write_fixtures(folder: Path) -> None:
    """Everything under `folder`, which is emptied of what an earlier run left."""
    for part in ("packages", "cases"):
        shutil.rmtree(folder / part, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        for i, (name, tiny, variant, case) in enumerate(CASES):
            checkpoint = make_checkpoint(Path(scratch) / name, tiny, i + 1, SHAPE)
            source = Source(checkpoint, "threadreel/tiny", "fixture", None, "MIT")
            make_package(source, folder / "packages" / name, Wishes(variant=variant))
            if name not in _WITH_LOOPS:
                _without_loops(folder / "packages" / name)
            write_case(folder / "cases" / name, checkpoint, name, case, variant, frames=name == "t2v")
        checkpoint = Path(scratch) / "t2v"
        make_package(Source(checkpoint, "threadreel/tiny", "fixture", None, "MIT"), folder / "packages" / "t2v-half", Wishes(dtype=F16))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m worker.export.fixture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", type=Path, default=HERE)
    folder = parser.parse_args().to
    write_fixtures(folder)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(f"{folder}: {size:,} bytes")


if __name__ == "__main__":
    main()
