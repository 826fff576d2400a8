"""The command: what it writes, and what it refuses."""

import hashlib
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from worker.export import check, layers
from worker.export.graph import BF16, F16, F32
from worker.export.quantize import INT4, INT8
from worker.export.tiny import VARIANTS
from worker.export.wan import main


def model_of(package) -> dict:
    return json.loads((package / "model.json").read_text())


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_variant_is_told_by_the_checkpoint(made, variant):
    model = model_of(made.package(variant))
    expected = {
        "t2v": ("t2v", "none", "no", 16),
        "t2v_a14b": ("t2v-a14b", "none", "no", 16),
        "i2v": ("i2v", "first", "no", 16),
        "i2v_a14b": ("i2v-a14b", "first-last", "optional", 16),
        "flf": ("flf", "first-last", "required", 16),
        "ti2v": ("ti2v", "per-token", "no", 24),
    }[variant]
    assert (model["variant"], model["conditioning"], model["settings"]["lastFrame"], model["frames"]["fps"][0]) == expected
    assert ("boundary" in model) == ("transformer_2" in model["components"])
    assert ("image_encoder" in model["components"]) == (model["settings"]["image"] is not None)


def test_model_json_lists_every_file_with_its_hash(made):
    package = made.package("i2v")
    model = model_of(package)
    found = {p.name for p in package.iterdir()} - {"model.json", "README.md"}
    assert set(model["files"]) == found
    for name, facts in model["files"].items():
        data = (package / name).read_bytes()
        assert (facts["bytes"], facts["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    for component in model["components"].values():
        assert component["file"] in model["files"]


@pytest.mark.parametrize(
    ("wishes", "transformer", "vae"),
    [
        ({"dtype": F16}, "float16", "float16"),
        ({"dtype": BF16}, "bfloat16", "float32"),
        ({"dtype": F16, "vae_dtype": F32}, "float16", "float32"),
        ({"quantization": INT8}, "int8", "float32"),
        ({"dtype": F16, "quantization": INT4}, "int4", "float16"),
    ],
    ids=["fp16", "bf16", "fp16-vae32", "int8", "fp16-int4"],
)
def test_other_types_pass_their_check(made, wishes, transformer, vae):
    """make_package raises where a graph is off; here is that it ran, and what it says."""
    model = model_of(made.package("i2v", **wishes))
    assert model["components"]["transformer"]["dtype"] == transformer
    assert model["components"]["vae_decoder"]["dtype"] == model["settings"]["vae"]["cacheType"] == vae
    assert all(errors["relative"] < 2e-2 for errors in model["settings"]["checked"].values())


@pytest.mark.parametrize("stored", [torch.float32, torch.float16, torch.bfloat16], ids=str)
def test_a_package_is_float32_whatever_the_checkpoint_is_stored_in(made, tmp_path, capsys, stored):
    folder = tmp_path / "stored"
    shutil.copytree(made.checkpoint("i2v"), folder)
    for file in folder.rglob("*.safetensors"):
        edit_weights(file, lambda tensors: tensors.update({k: v.to(stored) for k, v in tensors.items() if v.is_floating_point()}))
    assert main(["--from", str(folder), "--to", str(tmp_path / "package")]) == 0
    model = model_of(tmp_path / "package")
    assert {c["dtype"] for c in model["components"].values()} == {"float32"}
    assert model["settings"]["vae"]["cacheType"] == "float32"
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("float32, ")]
    assert line.endswith("--dtype fp16 makes it about half, which is what a GPU wants")


@pytest.mark.parametrize(("dtype", "said"), [("bf16", "bfloat16: runs with DEVICE=cuda alone"), ("fp16", None), ("fp32", None)])
def test_what_a_type_means_is_said(made, tmp_path, capsys, dtype, said):
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "typed"), "--dtype", dtype]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "DEVICE=cuda" in line or "a GPU wants" in line]
    assert [line.startswith(said or "") for line in lines] == ([True] if said else [])


def test_a_disk_without_room_is_noticed_before_anything_is_written(made, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "large")]) == 1
    error = capsys.readouterr().err.strip()
    assert error.startswith("export: the package needs ") and error.endswith("--dtype fp16 makes it about half, which is what a GPU wants")
    assert list(tmp_path.iterdir()) == []


def test_the_same_checkpoint_gives_the_same_bytes(made, tmp_path):
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "again")]) == 0
    assert model_of(tmp_path / "again")["files"] == model_of(made.package("t2v"))["files"]


def test_a_package_is_replaced_and_other_folders_are_not(made, tmp_path, capsys):
    source = str(made.checkpoint("t2v"))
    shutil.copytree(made.package("t2v"), tmp_path / "old")
    (tmp_path / "old" / "left-over.onnx").write_text("x")
    assert main(["--from", source, "--to", str(tmp_path / "old")]) == 0
    assert not (tmp_path / "old" / "left-over.onnx").exists()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("x")
    assert main(["--from", source, "--to", str(tmp_path / "photos")]) == 1
    assert "is no package" in capsys.readouterr().err
    assert (tmp_path / "photos" / "a.jpg").exists()


def test_a_graph_that_is_off_is_not_written(made, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(layers.Layers, "gelu_tanh", lambda self, x: self.op("Gelu", x))
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "off")]) == 1
    assert "off: text_encoder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("blown_up", "ours", "good"), [(1e-4, 3e-4, True), (1e-4, 1e-2, False), (0, 3e-5, False), (0, 1e-5, True)])
def test_a_float32_graph_may_be_off_as_far_as_float32_is(blown_up, ours, good):
    """Errors of the reference in float32, and of a graph, both against float64."""
    truth = np.random.default_rng(0).normal(size=200)
    noise = np.random.default_rng(1).normal(size=(2, 200))
    theirs, made = truth + blown_up * noise[0], truth + ours * noise[1]
    row = check.compare("vae_decoder", "x", made, theirs, check.LIMITS[F32])
    assert check.fair(row, made, theirs, lambda: truth).good is good


def broken(made, tmp_path, change) -> str:
    folder = tmp_path / "broken"
    shutil.copytree(made.checkpoint("i2v"), folder)
    change(folder)
    return str(folder)


def edit(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def edit_weights(path, change):
    tensors = load_file(str(path))
    change(tensors)
    save_file(tensors, str(path))


WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: (f / "model_index.json").unlink(), "model_index.json is missing"),
        (lambda f: (f / "vae" / "config.json").write_text("{"), "vae/config.json is no JSON"),
        (lambda f: (f / WEIGHTS).write_bytes((f / WEIGHTS).read_bytes()[:5000]), "no whole safetensors file"),
        (lambda f: (f / WEIGHTS).unlink(), "no weights"),
        (lambda f: edit_weights(f / WEIGHTS, lambda t: t.pop("blocks.0.attn1.to_q.weight")), "has no weight blocks.0.attn1.to_q.weight"),
        (lambda f: edit_weights(f / WEIGHTS, lambda t: t.update({"blocks.0.extra.weight": torch.ones(2)})), "unknown weights.*blocks.0.extra"),
        (lambda f: edit_weights(f / WEIGHTS, lambda t: t["proj_out.weight"].fill_(float("nan"))), "proj_out.weight holds NaN"),
        (lambda f: edit(f / "transformer" / "config.json", qk_norm="layer_norm"), "qk_norm layer_norm is not known"),
        (lambda f: edit(f / "transformer" / "config.json", in_channels=20), "20 input channels is not known"),
        (lambda f: edit(f / "transformer" / "config.json", _class_name="WanVACETransformer3DModel"), "not a WanTransformer3DModel"),
        (lambda f: edit(f / "vae" / "config.json", latents_mean=[0.0]), "contradicts itself"),
        (lambda f: edit(f / "text_encoder" / "config.json", model_type="t5", feed_forward_proj="relu", is_gated_act=False), "no UMT5"),
        (lambda f: edit(f / "scheduler" / "scheduler_config.json", prediction_type="epsilon"), "prediction_type"),
        (
            lambda f: edit(f / "scheduler" / "scheduler_config.json", lower_order_final=False, use_karras_sigmas=True),
            "use_karras_sigmas, lower_order_final",
        ),
        (lambda f: edit(f / "scheduler" / "scheduler_config.json", num_train_timesteps=500), "not those of Wan: num_train_timesteps"),
        (
            lambda f: edit(f / "scheduler" / "scheduler_config.json", _class_name="FlowMatchEulerDiscreteScheduler", use_dynamic_shifting=True),
            "not those of Wan: use_dynamic_shifting",
        ),
        (lambda f: edit(f / "scheduler" / "scheduler_config.json", _class_name="DDIMScheduler"), "scheduler DDIMScheduler is not known"),
        (lambda f: shutil.rmtree(f / "tokenizer"), "tokenizer"),
    ],
)
def test_a_wrong_checkpoint_is_refused_in_one_line(made, tmp_path, capsys, change, said):
    source = broken(made, tmp_path, change)
    assert main(["--from", source, "--to", str(tmp_path / "out" / "package")]) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("export: ")
    assert __import__("re").search(said, error), error
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("given", "said"), [("nowhere", "neither a folder here nor a hub id"), ("a/b/c", "neither a folder")])
def test_a_source_that_is_none(tmp_path, capsys, given, said):
    assert main(["--from", given, "--to", str(tmp_path / "x")]) == 1
    assert said in capsys.readouterr().err


def test_a_name_that_can_be_no_id(made, tmp_path, capsys):
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "My Model")]) == 1
    assert "cannot be the id" in capsys.readouterr().err


def test_a_variant_that_the_shapes_do_not_allow(made, tmp_path, capsys):
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "x"), "--variant", "move"]) == 1
    assert "by its shapes this model is t2v" in capsys.readouterr().err


def test_a_distilled_model_by_manifest(made, tmp_path):
    package = tmp_path / "fast"
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(package), "--timesteps", "1000,757,522", "--shift", "8"]) == 0
    model = model_of(package)
    assert model["sampling"]["standard"] == {"steps": 3, "guidance": 1.0, "timesteps": [1000.0, 757.0, 522.0]}
    assert model["scheduler"]["shift"] == 8
    anew = tmp_path / "anew"
    assert main(["--from", str(made.checkpoint("t2v")), "--to", str(anew), "--timesteps", "1000,757,522", "--renoise"]) == 0
    assert model_of(anew)["sampling"]["standard"]["renoise"] is True


@pytest.mark.parametrize("words", [["--renoise"], ["--timesteps", "500,757"], ["--timesteps", "a,b"], ["--timesteps", "1200"], ["--timesteps", ","]])
def test_timesteps_that_cannot_be_sampled(made, tmp_path, capsys, words):
    with pytest.raises(SystemExit):
        main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "x"), *words])
    assert "timesteps" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--steps", "0"], ["--steps", "2.5"], ["--shift", "0"], ["--shift", "inf"], ["--guidance", "-1"], ["--guidance-2", "nan"]]
)
def test_numbers_that_mean_nothing(made, tmp_path, capsys, words):
    with pytest.raises(SystemExit):
        main(["--from", str(made.checkpoint("t2v")), "--to", str(tmp_path / "x"), *words])
    assert f"argument {words[0]}: " in capsys.readouterr().err


def test_large_components_are_run_stage_by_stage(made, tmp_path, monkeypatch):
    from worker.export import staged

    monkeypatch.setattr(check, "STAGES_ABOVE", 0)
    parts = []
    inner = staged.open_session
    monkeypatch.setattr(staged, "open_session", lambda path: (parts.append(path.name), inner(path))[1])
    assert main(["--from", str(made.checkpoint("ti2v")), "--to", str(tmp_path / "staged"), "--dtype", "bf16"]) == 0
    # Three lengths through the text encoder and two sizes through the transformer: embedding, two blocks and head each.
    assert parts == [".stage.onnx"] * (3 + 2) * 4
    assert model_of(tmp_path / "staged")["settings"]["checked"]["transformer"]["relative"] < 2e-5
