"""Builds ONNX graphs by hand: values know their element type, weights stay in the checkpoint until the file is written.

Why by hand and not traced from PyTorch: the graphs of this family are a few dozen operators, so every one of them can be
chosen (fused attention, rotary embedding, float32 islands), the file does not change with the version of a tracer, and nothing
of a 28 GB checkpoint has to be in memory to write its graph.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from onnx import (
    AttributeProto,
    GraphProto,
    ModelProto,
    NodeProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

F32, F16, BF16 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16
I64, I8, U8, BOOL = TensorProto.INT64, TensorProto.INT8, TensorProto.UINT8, TensorProto.BOOL

OPSET = 23
MICROSOFT = "com.microsoft"
#: ONNX Runtime 1.22 reads IR 10 and opset 23; newer IR versions bring nothing these graphs use.
IR_VERSION = 10

Dims = list[int | str]


@dataclass(frozen=True)
class Value:
    """The name of a tensor in the graph and its element type."""

    name: str
    type: int


@dataclass
class Stored:
    """A weight as the data file will hold it: element type, shape, and bytes by rows (first axis) made when they are written."""

    name: str
    type: int
    shape: tuple[int, ...]
    rows: Callable[[int, int], bytes]


@dataclass
class Store:
    """Weights and small constants shared by the graphs of one component."""

    weights: dict[str, Stored] = field(default_factory=dict)
    constants: dict[str, TensorProto] = field(default_factory=dict)

    def add(self, weight: Stored) -> None:
        """Registers a weight; the same one may be used by several graphs."""
        known = self.weights.setdefault(weight.name, weight)
        if (known.type, known.shape) != (weight.type, weight.shape):
            raise ValueError(f"weight {weight.name} is wanted as {weight.type} {weight.shape} and as {known.type} {known.shape}")


class Graph:
    """One graph in the making, or a branch of one (`inside`), whose nodes may use the outer graph's values."""

    def __init__(self, store: Store, inside: "Graph | None" = None, name: str = "main"):
        self.store, self.name, self.inside = store, name, inside
        self.nodes: list[NodeProto] = []
        self.inputs: list[ValueInfoProto] = []
        self.outputs: list[ValueInfoProto] = []
        self.types: dict[str, int] = {}
        self._scopes: list[str] = []
        self._made = 0

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Names of nodes made inside begin with `name`; the outermost name is the stage (see staged.py)."""
        self._scopes.append(name)
        yield
        self._scopes.pop()

    def _node_name(self, kind: str) -> str:
        """Where in the model a node is, for stages and for messages; one of a kind, as ONNX Runtime wants it."""
        return "/".join([*self._scopes, f"{kind}_{len(self.nodes)}"])

    def _fresh(self) -> str:
        """A short name for a value, unlike those of other branches."""
        self._made += 1
        return f"{self.name[0] if self.inside else ''}{self._made}"

    def input(self, name: str, type: int, dims: Dims | None) -> Value:
        """A graph input; a string in `dims` is a free dimension, None a shape that is not known."""
        self.inputs.append(helper.make_tensor_value_info(name, type, dims))
        return Value(name, type)

    def output(self, name: str, value: Value, dims: Dims) -> None:
        """Makes a value an output under this name."""
        self.nodes.append(helper.make_node("Identity", [value.name], [name], name=self._node_name(f"give {name}")))
        self.outputs.append(helper.make_tensor_value_info(name, value.type, dims))

    def result(self, value: Value) -> None:
        """An output of a branch: unnamed, of any shape."""
        fresh = self.op("Identity", value)
        self.outputs.append(helper.make_tensor_value_info(fresh.name, fresh.type, None))

    def op(self, kind: str, *inputs: Value | None, type: int | None = None, domain: str = "", **attributes) -> Value:
        """A node with one output, of the first input's type unless said otherwise."""
        return self.ops(kind, *inputs, types=[type or next(i.type for i in inputs if i)], domain=domain, **attributes)[0]

    def ops(self, kind: str, *inputs: Value | None, types: list[int], domain: str = "", **attributes) -> list[Value]:
        """A node with several outputs."""
        outs = [Value(self._fresh(), type) for type in types]
        names = [i.name if i else "" for i in inputs]
        while names and not names[-1]:
            names.pop()
        self.nodes.append(helper.make_node(kind, names, [o.name for o in outs], name=self._node_name(kind), domain=domain, **attributes))
        self.types.update({o.name: o.type for o in outs})
        return outs

    def constant(self, values, type: int = I64) -> Value:
        """A small constant; equal ones are stored once."""
        array = np.ascontiguousarray(np.asarray(values, dtype=helper.tensor_dtype_to_np_dtype(type)))
        name = f"const_{sha256(repr((type, array.shape)).encode() + array.tobytes()).hexdigest()[:16]}"
        if name not in self.store.constants:
            self.store.constants[name] = numpy_helper.from_array(array, name)
        return Value(name, type)

    def cast(self, value: Value, type: int) -> Value:
        return value if value.type == type else self.op("Cast", value, to=type, type=type)

    # Shapes. Lists of sizes may mix numbers and values that hold one number ([1] int64).

    def size(self, value: Value, axis: int) -> Value:
        """Length of an axis, as [1] int64."""
        return self.op("Shape", value, type=I64, start=axis, end=axis + 1)

    def sizes(self, dims: list["int | Value"]) -> Value:
        if all(isinstance(d, int) for d in dims):
            return self.constant(dims)
        return self.op("Concat", *[self.constant([d]) if isinstance(d, int) else d for d in dims], axis=0, type=I64)

    def reshape(self, value: Value, *dims: "int | Value") -> Value:
        """Sizes are taken literally: 0 is an empty axis, not "as before"."""
        return self.op("Reshape", value, self.sizes(list(dims)), allowzero=0 if -1 in dims else 1)

    def transpose(self, value: Value, *order: int) -> Value:
        return self.op("Transpose", value, perm=list(order))

    def concat(self, *values: Value, axis: int) -> Value:
        return self.op("Concat", *values, axis=axis)

    def slice(self, value: Value, axis: int, start: "int | Value", stop: "int | Value" = 2**62) -> Value:
        at = [self.constant([x]) if isinstance(x, int) else x for x in (start, stop)]
        return self.op("Slice", value, at[0], at[1], self.constant([axis]))

    def split(self, value: Value, parts: int, axis: int) -> list[Value]:
        return self.ops("Split", value, types=[value.type] * parts, axis=axis, num_outputs=parts)

    def unsqueeze(self, value: Value, *axes: int) -> Value:
        return self.op("Unsqueeze", value, self.constant(list(axes)))

    def add(self, a: Value, b: Value) -> Value:
        return self.op("Add", a, b)

    def mul(self, a: Value, b: Value) -> Value:
        return self.op("Mul", a, b)

    def silu(self, x: Value) -> Value:
        return self.mul(x, self.op("Sigmoid", x))

    # Branches and loops

    def either(self, condition: Value, then: "Graph", otherwise: "Graph") -> list[Value]:
        types = [o.type.tensor_type.elem_type for o in then.outputs]
        return self.ops("If", condition, types=types, then_branch=then.proto(), else_branch=otherwise.proto())

    def loop(self, count: Value, carried: list[Value], body: "Graph") -> list[Value]:
        """ONNX Loop: the body's inputs are (iteration, condition, carried...), its outputs (condition, carried..., scanned...)."""
        types = [o.type.tensor_type.elem_type for o in body.outputs[1:]]
        return self.ops("Loop", count, None, *carried, types=types, body=body.proto())

    # Protobuf

    def proto(self) -> GraphProto:
        """The graph without its weights."""
        return helper.make_graph(self.nodes, self.name, self.inputs, self.outputs)

    def model(self, doc: str) -> ModelProto:
        """The finished model; weights are listed by writer.py, which knows where in the data file they are."""
        graph = self.proto()
        used = set(_names_used(self.nodes))
        graph.initializer.extend(t for n, t in self.store.constants.items() if n in used)
        crossing = _crossing(self.nodes)
        graph.value_info.extend(helper.make_tensor_value_info(n, t, None) for n, t in self.types.items() if n in crossing)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, ir_version=IR_VERSION, opset_imports=opsets, producer_name="threadreel", doc_string=doc)

    def weights_used(self) -> list[str]:
        """Names of the weights that the graph refers to, in the order they are stored."""
        used = set(_names_used(self.nodes))
        return [name for name in self.store.weights if name in used]


def stage_of(node: NodeProto) -> str:
    """The outermost scope of a node."""
    return node.name.split("/")[0]


def _names_used(nodes) -> Iterator[str]:
    for node in nodes:
        yield from node.input
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                yield from _names_used(attribute.g.node)


def _crossing(nodes) -> set[str]:
    """Values made in one stage and used in another."""
    home = {name: stage_of(node) for node in nodes for name in node.output}
    return {name for node in nodes for name in node.input if home.get(name, stage_of(node)) != stage_of(node)}
