"""What the graphs are made of."""

import onnx
import pytest
from onnx import AttributeProto, TensorProto

from worker.export import writer
from worker.export.components import Wishes
from worker.export.graph import BF16, F16, MICROSOFT
from worker.export.package import make_package
from worker.export.quantize import INT4
from worker.export.source import fetch
from worker.export.tiny import Shape, make_checkpoint


def operators(graph) -> list[str]:
    found = []
    for node in graph.node:
        found.append(node.op_type)
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                found += operators(attribute.g)
    return found


def load(package, name):
    return onnx.load(str(package / f"{name}.onnx"), load_external_data=False)


def test_attention_is_fused_and_nothing_is_scattered(made):
    model = load(made.package("i2v"), "transformer")
    kinds = operators(model.graph)
    assert not {"ScatterND", "ScatterElements", "Softmax", "MatMul", "Loop"} & set(kinds)
    layers = 2
    assert kinds.count("MultiHeadAttention") == 3 * layers
    assert kinds.count("RotaryEmbedding") == 2 * layers
    assert {n.domain for n in model.graph.node if n.op_type == "MultiHeadAttention"} == {MICROSOFT}


def test_frames_height_width_and_text_are_free(made):
    shape = {i.name: [d.dim_param or d.dim_value for d in i.type.tensor_type.shape.dim] for i in load(made.package("t2v"), "transformer").graph.input}
    assert shape["hidden_states"] == [1, 16, "frames", "height", "width"]
    assert shape["encoder_hidden_states"] == [1, "text", 20]


def test_per_token_timesteps_are_two_rows(made):
    inputs = {i.name: i for i in load(made.package("ti2v"), "transformer").graph.input}
    assert [d.dim_value for d in inputs["timestep"].type.tensor_type.shape.dim] == [2]
    assert inputs["timestep_index"].type.tensor_type.elem_type == TensorProto.INT64


@pytest.mark.parametrize("wishes", [{"dtype": BF16}, {"dtype": F16, "quantization": INT4}], ids=["bf16", "fp16-int4"])
def test_no_bfloat16_goes_in_or_out(made, wishes):
    package = made.package("t2v", **wishes)
    for path in package.glob("*.onnx"):
        graph = onnx.load(str(path), load_external_data=False).graph
        for port in [*graph.input, *graph.output]:
            assert port.type.tensor_type.elem_type != TensorProto.BFLOAT16, (path.name, port.name)


def test_half_precision_keeps_norms_modulation_and_stream_in_float32(made):
    graph = load(made.package("t2v", dtype=F16), "transformer").graph
    kept = {t.name for t in graph.initializer if t.data_type == TensorProto.FLOAT}
    assert {"blocks.0.scale_shift_table", "blocks.0.norm2.weight", "patch_embedding.weight", "proj_out.weight", "scale_shift_table"} <= kept
    assert {t.data_type for t in graph.initializer if ".ffn." in t.name} == {TensorProto.FLOAT16}
    types = {v.name: v.type.tensor_type.elem_type for v in graph.value_info}
    made_by = {name: node for node in graph.node for name in node.output}
    stream = [n for n in types if made_by[n].op_type == "Add" and made_by[n].name.startswith("blocks.")]
    assert stream and {types[n] for n in stream} == {TensorProto.FLOAT}


def test_rows_of_whole_pages_get_zeros_behind_them(tmp_path, monkeypatch):
    """make_package compares it with the reference; written in pieces, one of which is all zeros."""
    monkeypatch.setattr(writer, "_PIECE", 4096)
    source = fetch(str(make_checkpoint(tmp_path / "from", "t2v", 5, Shape(heads=1, head=8, feed_forward=1024, layers=1))))
    make_package(source, tmp_path / "wide", Wishes())
    shapes = {t.name: list(t.dims) for t in load(tmp_path / "wide", "transformer").graph.initializer}
    assert shapes["blocks.0.ffn.net.0.proj.weight"] == [1056, 8]
    assert shapes["blocks.0.ffn.net.0.proj.bias"] == [1056]
    assert shapes["blocks.0.ffn.net.2.weight"] == [8, 1056]
    make_package(source, tmp_path / "half", Wishes(dtype=F16))
    assert {t.name: list(t.dims) for t in load(tmp_path / "half", "transformer").graph.initializer}["blocks.0.ffn.net.2.weight"] == [8, 1024]


def test_streaming_graphs_share_their_weights(made):
    package = made.package("ti2v")
    places = []
    for name in ("vae_decoder", "vae_decoder_loop"):
        graph = load(package, name).graph
        places.append({t.name: tuple((e.key, e.value) for e in t.external_data) for t in graph.initializer if t.external_data})
        assert ("Loop" in operators(graph)) == name.endswith("loop")
        assert "If" in operators(graph)
    assert places[0] == places[1]
    assert not (package / "vae_decoder_loop.onnx.data").exists()
