"""Every graph beside what its component did inside a whole run of the unmodified diffusers pipeline."""

import json
import math

import numpy as np
import pytest
import torch
from PIL import Image

from worker.export.check import in_chunks
from worker.export.staged import open_session
from worker.export.tiny import VARIANTS

#: Close enough for float32 on other kernels; the product's own limit for latents is 1e-4.
NEAR = 2e-5


class Calls:
    """Inputs and outputs of the components while a pipeline runs."""

    def __init__(self, pipe):
        self.seen: dict[str, list[tuple[dict, np.ndarray]]] = {}
        for name in ("transformer", "transformer_2"):
            self._watch(pipe, name, lambda out: out[0])
        self._watch(pipe, "text_encoder", lambda out: out.last_hidden_state)
        self._watch(pipe, "image_encoder", lambda out: out.hidden_states[-2])
        for name in ("encode", "decode"):
            self._wrap(pipe.vae, name)

    def _keep(self, name: str, given: dict, out: torch.Tensor) -> None:
        self.seen.setdefault(name, []).append((given, out.detach().numpy().copy()))

    def _watch(self, pipe, name, pick) -> None:
        module = getattr(pipe, name, None)
        if module is not None:
            module.register_forward_hook(
                lambda _, args, kwargs, out: self._keep(name, {**dict(enumerate(args)), **kwargs}, pick(out)), with_kwargs=True
            )

    def _wrap(self, vae, name) -> None:
        inner = getattr(vae, name)

        def call(x, *args, **kwargs):
            out = inner(x, *args, **kwargs)
            self._keep(name, {0: x.clone()}, out.latent_dist.mode() if name == "encode" else out[0])
            return out

        setattr(vae, name, call)


def run_pipeline(checkpoint, variant: str):
    from diffusers import WanImageToVideoPipeline, WanPipeline

    facts = VARIANTS[variant]
    pictures = facts.get("pictures") or facts.get("per_token")
    pipe = (WanImageToVideoPipeline if pictures else WanPipeline).from_pretrained(checkpoint)
    pipe.set_progress_bar_config(disable=True)
    calls = Calls(pipe)
    noise = np.random.default_rng(0).integers(0, 255, (2, 64, 96, 3), dtype=np.uint8)
    given = {"image": Image.fromarray(noise[0])} if pictures else {}
    if facts.get("two") or variant == "i2v_a14b":
        given["last_image"] = Image.fromarray(noise[1])
    if "boundary" in facts:
        given["guidance_scale_2"] = 2.0
    with torch.no_grad():
        pipe(
            prompt="A cat runs through rain. 一只猫", negative_prompt="blurry", height=64, width=96, num_frames=9,
            num_inference_steps=3, guidance_scale=3.0, generator=torch.Generator().manual_seed(1), output_type="np", **given,
        )  # fmt: skip
    return calls.seen


def near(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= NEAR * max(1.0, float(np.abs(theirs).max()))


@pytest.mark.parametrize("odd", [False, True], ids=["usual", "odd-sizes"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_component_does_what_it_does_in_the_pipeline(made, variant, odd):
    seen = run_pipeline(made.checkpoint(variant, odd), variant)
    package = made.package(variant, odd)
    model = json.loads((package / "model.json").read_text())
    check_text(package, seen["text_encoder"])
    for expert in ("transformer", "transformer_2"):
        if expert in seen:
            check_transformer(package / f"{expert}.onnx", seen[expert], model["settings"]["expandTimesteps"])
    if "image_encoder" in seen:
        session = open_session(package / "image_encoder.onnx")
        for given, out in seen["image_encoder"]:
            near(session.run(None, {"pixel_values": given["pixel_values"].numpy()})[0], out)
    check_decoder(package, model, seen["decode"])
    for given, out in seen.get("encode", []):
        check_encoder(package, model, given[0].numpy(), out)


def check_text(package, calls) -> None:
    session = open_session(package / "text_encoder.onnx")
    for given, out in calls:
        count = int(given[1].sum())
        ids = given[0][:, :count].numpy()
        near(session.run(None, {"input_ids": ids})[0][0], out[0, :count])


def check_transformer(path, calls, per_token: bool) -> None:
    session = open_session(path)
    for given, out in calls:
        feeds = {key: given[key].numpy() for key in ("hidden_states", "encoder_hidden_states")}
        timestep = given["timestep"].float()
        if per_token:
            times, index = torch.unique(timestep[0], return_inverse=True)
            assert len(times) <= 2
            feeds["timestep"] = torch.cat([times, times])[:2].numpy()
            feeds["timestep_index"] = index.numpy()
        else:
            feeds["timestep"] = timestep.numpy()
        pictures = given.get("encoder_hidden_states_image")
        if pictures is not None:
            feeds["encoder_hidden_states_image"] = pictures.reshape(1, -1, pictures.shape[-1]).numpy()
        near(session.run(None, feeds)[0], out)


def statistics(model) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.array(model["vae"][key], np.float32).reshape(1, -1, 1, 1, 1) for key in ("mean", "std"))


def check_decoder(package, model, calls) -> None:
    mean, std = statistics(model)
    for given, out in calls:
        z = (given[0].numpy() - mean) / std
        for graph, cuts in (("vae_decoder", range(1, z.shape[2])), ("vae_decoder_loop", [])):
            parts = in_chunks(
                open_session(package / f"{graph}.onnx"), "latents", np.split(z, list(cuts), 2), model["settings"]["vae"]["decoderCaches"], False
            )
            pixels = np.concatenate([p["pixels"] for p in parts], 2)
            assert np.abs(pixels - out.reshape(pixels.shape)).max() <= 5e-5
            rgb = np.concatenate([p["rgb"] for p in parts])
            assert np.abs(rgb - np.rint((pixels[0].transpose(1, 2, 3, 0) * 0.5 + 0.5) * 255)).max() == 0


def check_encoder(package, model, clip: np.ndarray, out: np.ndarray) -> None:
    mean, std = statistics(model)
    cuts = range(1, clip.shape[2], 4)
    for graph, at in (("vae_encoder", list(cuts)), ("vae_encoder_loop", [])):
        parts = in_chunks(open_session(package / f"{graph}.onnx"), "pixels", np.split(clip, at, 2), model["settings"]["vae"]["encoderCaches"], False)
        near(np.concatenate([p["latents"] for p in parts], 2), (out - mean) / std)


def test_padding_of_the_text_costs_no_precision(made):
    """Hundreds of equal rows: the plain sum over them is off by 1e-5 in float32 (the reference itself is)."""
    from diffusers import WanTransformer3DModel

    package, checkpoint = made.package("t2v"), made.checkpoint("t2v")
    exact = WanTransformer3DModel.from_pretrained(checkpoint / "transformer").double()
    g = torch.Generator().manual_seed(0)
    x, text = torch.randn(1, 16, 3, 8, 6, generator=g), torch.randn(1, 512, 20, generator=g)
    text[:, 30:] = 0
    t = torch.tensor([700.0])
    with torch.no_grad():
        expected = exact(x.double(), t.double(), text.double(), return_dict=False)[0].numpy()
    feeds = {"hidden_states": x.numpy(), "timestep": t.numpy(), "encoder_hidden_states": text.numpy()}
    ours = open_session(package / "transformer.onnx").run(None, feeds)[0]
    assert np.linalg.norm(ours - expected) / np.linalg.norm(expected) <= 1.5e-6 * math.sqrt(2)
