"""Checkpoint -> director.onnx (weights as int8 with one scale per row, dequantised when the session loads) and stage.json.

The graph is exported with a batch of 2: guided and unguided branch of one clip.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper

from .batch import pack
from .model import MASK, TOKENS, WIDTH, Director
from .script import CAST, GLOBALS
from .stage_json import describe
from .state import K, T

INPUTS = ["x", "t", "known", "mask", "globals", "cast"]
MODELS = Path(__file__).parents[2] / "models" / "theatre"


def example_inputs(seed: int = 0) -> tuple[torch.Tensor, ...]:
    """Inputs of the right shapes with something in every one of them."""
    gen = torch.Generator().manual_seed(seed)
    cast = torch.zeros(2, K, len(CAST), dtype=torch.int64)
    cast[:, 0, 0], cast[:, 1, 0], cast[:, 0, 4], cast[:, 1, 4] = 1, 5, 2, 1
    words = torch.ones(2, len(GLOBALS), dtype=torch.int64)
    known = pack(torch.randn(2, K + 1, T, 12, generator=gen), cast[:, :, 0] - 1, torch.zeros(2, 80))
    mask = torch.zeros(2, TOKENS, MASK)
    mask[:, :2, 0] = 1
    mask[:, 0, 8:12] = 1
    return torch.randn(2, TOKENS, WIDTH, generator=gen), torch.rand(2, generator=gen), known, mask, words, cast


def quantise(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large float weights become int8 + per-row scale + DequantizeLinear; rows that are all zero get scale 1."""
    kept, nodes = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim != 2 or values.size <= 512:
            kept.append(tensor)
            continue
        axis = 0
        scale = np.abs(values).max(1 - axis) / 127
        scale = np.where(scale > 0, scale, 1).astype(np.float32)
        whole = np.clip(np.round(values / np.expand_dims(scale, 1 - axis)), -127, 127).astype(np.int8)
        kept += [numpy_helper.from_array(whole, tensor.name + "_q"), numpy_helper.from_array(scale, tensor.name + "_s")]
        nodes.append(helper.make_node("DequantizeLinear", [tensor.name + "_q", tensor.name + "_s"], [tensor.name], axis=axis))
    graph_nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + graph_nodes)
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    return model


def export(model: Director, out: Path, trained: dict) -> dict:
    """Writes director.onnx and stage.json into `out`; returns the measured errors and size."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "director.onnx"
    inputs = example_inputs()
    model.eval()
    torch.onnx.export(model, inputs, str(path), input_names=INPUTS, output_names=["x0"], dynamo=True, opset_version=18, external_data=False,
                      verbose=False)
    exact = onnx.load(str(path))
    feed = {name: value.numpy() for name, value in zip(INPUTS, inputs)}
    with torch.no_grad():
        expected = model(*inputs).numpy()
    spread = float(np.abs(expected).max()) or 1.0

    def error(proto: onnx.ModelProto) -> float:
        session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
        return float(np.abs(session.run(None, feed)[0] - expected).max()) / spread

    plain = error(exact)
    small = quantise(exact)
    for field in list(small.metadata_props):
        small.metadata_props.remove(field)
    strip_traces(small)
    onnx.save(small, str(path))
    report = {"exportError": plain, "int8Error": error(small), "bytes": path.stat().st_size}
    (out / "stage.json").write_text(json.dumps(describe({**trained, **report})) + "\n")
    return report


def strip_traces(model: onnx.ModelProto) -> None:
    """Removes what the exporter notes about this machine: stack traces, names of Python files."""
    model.producer_name, model.doc_string = "theatre", ""
    model.graph.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for group in (model.graph.value_info, model.graph.input, model.graph.output, model.graph.initializer):
        for value in group:
            value.doc_string = ""
            if hasattr(value, "metadata_props"):
                del value.metadata_props[:]
    del model.graph.metadata_props[:]


