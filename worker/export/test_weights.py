"""Names, adapters, few bits."""

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file

from worker.export.checkpoint import (
    CheckpointError,
    Renamed,
    diffusers_name,
    open_weights,
    whole,
)
from worker.export.lora import Merged, read_lora
from worker.export.quantize import INT4, INT8, Quantization, packed, restored, scales

MODULES = {
    "blocks.0.attn1.to_q": "blocks.0.self_attn.q",
    "blocks.1.attn1.to_out.0": "blocks.1.self_attn.o",
    "blocks.0.attn2.add_k_proj": "blocks.0.cross_attn.k_img",
    "blocks.1.ffn.net.0.proj": "blocks.1.ffn.0",
    "blocks.0.ffn.net.2": "blocks.0.ffn.2",
    "condition_embedder.time_proj": "time_projection.1",
    "condition_embedder.text_embedder.linear_2": "text_embedding.2",
    "condition_embedder.image_embedder.ff.net.0.proj": "img_emb.proj.1",
    "proj_out": "head.head",
}


def original_names(names: list[str]) -> dict[str, str]:
    """diffusers' name -> the authors', by what diffusers' own converter makes of the authors' names."""
    from diffusers.loaders.single_file_utils import convert_wan_transformer_to_diffusers

    theirs = []
    for i in range(2):
        for attention in ("self_attn", "cross_attn"):
            theirs += [f"blocks.{i}.{attention}.{n}.{leaf}" for n in ("q", "k", "v", "o") for leaf in ("weight", "bias")]
            theirs += [f"blocks.{i}.{attention}.norm_{n}.weight" for n in "qk"]
        theirs += [f"blocks.{i}.cross_attn.{n}_img.{leaf}" for n in "kv" for leaf in ("weight", "bias")]
        theirs += [f"blocks.{i}.cross_attn.norm_k_img.weight", f"blocks.{i}.modulation", f"blocks.{i}.norm3.weight", f"blocks.{i}.norm3.bias"]
        theirs += [f"blocks.{i}.ffn.{n}.{leaf}" for n in (0, 2) for leaf in ("weight", "bias")]
    theirs += [f"{n}.{leaf}" for n in ("patch_embedding", "head.head", "time_projection.1") for leaf in ("weight", "bias")]
    theirs += [f"{n}_embedding.{i}.{leaf}" for n in ("time", "text") for i in (0, 2) for leaf in ("weight", "bias")]
    theirs += [f"img_emb.proj.{i}.{leaf}" for i in (0, 1, 3, 4) for leaf in ("weight", "bias")] + ["head.modulation"]
    converted = {}
    for name in theirs:
        (new,) = convert_wan_transformer_to_diffusers({name: torch.zeros(1)})
        converted[new] = name
    assert set(names) <= set(converted)
    return converted


def test_the_authors_names_become_those_of_diffusers(made):
    names = list(open_weights(made.checkpoint("i2v") / "transformer").keys())
    for ours, theirs in original_names(names).items():
        assert diffusers_name(theirs) == ours
        assert diffusers_name(f"model.diffusion_model.{theirs}") == ours
    for name in names:
        assert diffusers_name(name) == name


def test_a_transformer_in_the_authors_layout_gives_the_same_package(made, tmp_path):
    import json

    from worker.export.wan import main

    checkpoint = made.checkpoint("i2v")
    weights, config = open_weights(checkpoint / "transformer"), json.loads((checkpoint / "transformer" / "config.json").read_text())
    names = original_names(list(weights.keys()))
    folder = tmp_path / "Wan2.1-Fun-Tiny-InP"
    folder.mkdir()
    save_file({names[k]: whole(weights, k).clone() for k in weights.keys()}, str(folder / "model.safetensors"))
    (folder / "config.json").write_text(json.dumps(config))
    package = tmp_path / "fun"
    assert main(["--from", str(checkpoint), "--to", str(package), "--transformer", str(folder)]) == 0
    model = json.loads((package / "model.json").read_text())
    assert (model["variant"], model["conditioning"]) == ("inp", "known-frames")
    plain = json.loads((made.package("i2v") / "model.json").read_text())
    assert model["files"]["transformer.onnx.data"]["bytes"] == plain["files"]["transformer.onnx.data"]["bytes"]


def adapter(names: list[str], shapes: dict[str, tuple[int, ...]], rank: int, down: str, up: str, alpha: float | None) -> dict[str, torch.Tensor]:
    g = torch.Generator().manual_seed(5)
    out = {}
    for name, shape in zip(names, shapes.values(), strict=True):
        out[f"{name}.{down}.weight"] = torch.randn(rank, shape[1], generator=g)
        out[f"{name}.{up}.weight"] = torch.randn(shape[0], rank, generator=g)
        if alpha is not None:
            out[f"{name}.alpha"] = torch.tensor(alpha)
    return out


@pytest.mark.parametrize(
    ("style", "down", "up", "alpha"),
    [("diffusers", "lora_A", "lora_B", None), ("authors", "lora_down", "lora_up", 2.0), ("kohya", "lora_down", "lora_up", 4.0)],
)
def test_adapters_of_every_naming_are_merged(made, tmp_path, style, down, up, alpha):
    base = open_weights(made.checkpoint("i2v") / "transformer")
    shapes = {module: base.shape(f"{module}.weight") for module in MODULES}
    names = {
        "diffusers": [f"transformer.{m}" for m in MODULES],
        "authors": [f"diffusion_model.{m}" for m in MODULES.values()],
        "kohya": [f"lora_unet_{m.replace('.', '_')}" for m in MODULES.values()],
    }[style]
    tensors = adapter(names, shapes, 3, down, up, alpha)
    save_file(tensors, str(tmp_path / "a.safetensors"))
    merged = Merged(base, [read_lora(tmp_path / "a.safetensors", base.keys(), 0.5)])
    for name, module in zip(names, MODULES, strict=True):
        scale = 0.5 * (alpha / 3 if alpha else 1.0)
        expected = whole(base, f"{module}.weight") + scale * tensors[f"{name}.{up}.weight"] @ tensors[f"{name}.{down}.weight"]
        torch.testing.assert_close(whole(merged, f"{module}.weight"), expected)
        torch.testing.assert_close(merged.rows(f"{module}.weight", 3, 7), expected[3:7])
    assert torch.equal(whole(merged, "blocks.0.attn1.to_k.weight"), whole(base, "blocks.0.attn1.to_k.weight"))


def test_plain_differences_are_merged(made, tmp_path):
    base = open_weights(made.checkpoint("t2v") / "transformer")
    change = {"diffusion_model.blocks.0.self_attn.q.diff_b": torch.ones(24), "diffusion_model.head.head.diff": torch.full((64, 24), 2.0)}
    save_file(change, str(tmp_path / "d.safetensors"))
    merged = Merged(base, [read_lora(tmp_path / "d.safetensors", base.keys())])
    torch.testing.assert_close(whole(merged, "blocks.0.attn1.to_q.bias"), whole(base, "blocks.0.attn1.to_q.bias") + 1)
    torch.testing.assert_close(whole(merged, "proj_out.weight"), whole(base, "proj_out.weight") + 2)


def test_an_adapter_for_another_model_is_refused(made, tmp_path):
    base = open_weights(made.checkpoint("t2v") / "transformer")
    save_file({"transformer.blocks.9.attn1.to_q.lora_A.weight": torch.ones(2, 24)}, str(tmp_path / "w.safetensors"))
    with pytest.raises(CheckpointError, match="does not fit"):
        read_lora(tmp_path / "w.safetensors", base.keys())


@pytest.mark.parametrize("q", [INT8, INT4, Quantization(4, 16), Quantization(8, 32)], ids=str)
@pytest.mark.parametrize("columns", [32, 128, 40])
def test_few_bits_mean_to_onnx_runtime_what_they_mean_here(q, columns):
    g = torch.Generator().manual_seed(1)
    w, x = torch.randn(24, columns, generator=g), torch.randn(5, columns, generator=g)
    w[3] = 0
    blocks = q.blocks(columns)
    bits = packed(w, q, torch.float32).numpy().reshape(24, blocks, q.block * q.bits // 8)
    node = helper.make_node("MatMulNBits", ["x", "w", "s"], ["y"], domain="com.microsoft", K=columns, N=24, bits=q.bits, block_size=q.block)
    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [5, columns])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [5, 24])],
        [numpy_helper.from_array(bits, "w"), numpy_helper.from_array(scales(w, q, torch.float32).numpy().reshape(24, blocks), "s")],
    )  # fmt: skip
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)])
    ours = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x.numpy()})[0]
    near = restored(w, q, torch.float32)
    np.testing.assert_allclose(ours, (x @ near.T).numpy(), atol=2e-4)
    error = float((near - w).norm() / w.norm())
    assert error < (0.012 if q.bits == 8 else 0.13)


def test_rows_do_not_depend_on_the_pieces_they_are_read_in(made):
    w = Renamed(open_weights(made.checkpoint("t2v") / "transformer"), diffusers_name)
    key = "blocks.1.ffn.net.0.proj.weight"
    assert torch.equal(torch.cat([w.rows(key, 0, 7), w.rows(key, 7, 40)]), whole(w, key))
