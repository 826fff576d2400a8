"""Runs a graph with ONNX Runtime stage by stage (embedding, each block, head), so that only one block's weights are in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from .graph import stage_of

_STAGE_FILE = ".stage.onnx"


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """A session on the CPU; the file's folder holds its data."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


Feeds = dict[str, np.ndarray]


def open_runner(path: Path, stages: bool) -> Callable[[Feeds], Feeds]:
    """Runs a graph: inputs by name to outputs by name.

    A bfloat16 graph is run as its float32 twin on the same bytes: the CPU has no bfloat16 kernels.
    """
    model = onnx.load(str(path), load_external_data=False)
    half = any(t.data_type == TensorProto.BFLOAT16 for t in model.graph.initializer)
    if not stages and not half:
        session = open_session(path)
        return lambda feeds: run_session(session, feeds)
    parts = list(_stages(model)) if stages else [model]
    return lambda feeds: _run_parts(path.parent, [as_float32(p) for p in parts] if half else parts, feeds)


def _run_parts(folder: Path, parts: list[ModelProto], feeds: Feeds) -> Feeds:
    """One after the other, each with a session of its own; what no later part wants is dropped."""
    results = {o.name for o in parts[-1].graph.output}
    values = dict(feeds)
    for i, part in enumerate(parts):
        needed = results.union(*({n.name for n in later.graph.input} for later in parts[i + 1 :]))
        file = folder / _STAGE_FILE
        try:
            onnx.save(part, str(file))
            values |= run_session(open_session(file), {n.name: values[n.name] for n in part.graph.input})
        finally:
            file.unlink(missing_ok=True)
        values = {name: value for name, value in values.items() if name in needed}
    return {name: values[name] for name in results}


def run_session(session: onnxruntime.InferenceSession, feeds: Feeds) -> Feeds:
    """All outputs by name."""
    names = [o.name for o in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds), strict=True))


def _stages(model: ModelProto) -> Iterator[ModelProto]:
    """The model cut where the outermost scope of the node names changes."""
    graph = model.graph
    groups: list[list[onnx.NodeProto]] = []
    for node in graph.node:
        if not groups or stage_of(groups[-1][0]) != stage_of(node):
            groups.append([])
        groups[-1].append(node)
    weights = {t.name: t for t in graph.initializer}
    known = {v.name: v for v in [*graph.input, *graph.value_info, *graph.output]}
    outputs = {o.name for o in graph.output}
    for i, nodes in enumerate(groups):
        used = {name for node in nodes for name in node.input if name}
        made = {name for node in nodes for name in node.output}
        later = outputs.union(*({name for node in group for name in node.input} for group in groups[i + 1 :]))
        part = helper.make_graph(
            nodes,
            stage_of(nodes[0]),
            [_shapeless(known[name]) for name in sorted(used - made - weights.keys())],
            [_shapeless(known[name]) for name in sorted(made & later)],
            [weights[name] for name in sorted(used & weights.keys())],
        )
        yield helper.make_model(part, ir_version=model.ir_version, opset_imports=list(model.opset_import))


def _shapeless(info: ValueInfoProto) -> ValueInfoProto:
    return helper.make_tensor_value_info(info.name, info.type.tensor_type.elem_type, None)


def as_float32(model: ModelProto) -> ModelProto:
    """The same model computing in float32 on its bfloat16 weights (cast as they are read)."""
    twin = ModelProto()
    twin.CopyFrom(model)
    halves = [t.name for t in twin.graph.initializer if t.data_type == TensorProto.BFLOAT16]
    casts = [helper.make_node("Cast", [name], [f"{name}.wide"], to=TensorProto.FLOAT) for name in halves]
    wide = {name: f"{name}.wide" for name in halves}
    nodes = list(twin.graph.node)
    for node in nodes:
        node.input[:] = [wide.get(name, name) for name in node.input]
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == TensorProto.BFLOAT16:
                attribute.i = TensorProto.FLOAT
    del twin.graph.node[:]
    twin.graph.node.extend([*casts, *nodes])
    for info in [*twin.graph.input, *twin.graph.output, *twin.graph.value_info]:
        if info.type.tensor_type.elem_type == TensorProto.BFLOAT16:
            info.type.tensor_type.elem_type = TensorProto.FLOAT
    return twin
