"""A small numpy-style builder of ONNX graphs: tensors with operators, and `If` for whole features."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, UINT8 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.UINT8


class Tensor:
    """A value in a graph under construction."""

    __array_ufunc__ = None  # numpy arrays on the left hand side leave the operator to us

    def __init__(self, graph, name):
        self.graph, self.name = graph, name

    def _binary(self, op, other, flip=False):
        other = self.graph.const(other)
        return self.graph.op(op, *((other, self) if flip else (self, other)))

    def __add__(self, o):
        return self._binary("Add", o)

    __radd__ = __add__

    def __sub__(self, o):
        return self._binary("Sub", o)

    def __rsub__(self, o):
        return self._binary("Sub", o, True)

    def __mul__(self, o):
        return self._binary("Mul", o)

    __rmul__ = __mul__

    def __truediv__(self, o):
        return self._binary("Div", o)

    def __rtruediv__(self, o):
        return self._binary("Div", o, True)

    def __neg__(self):
        return self.graph.op("Neg", self)

    def __gt__(self, o):
        return self._binary("Greater", o)

    def __lt__(self, o):
        return self._binary("Less", o)


class Graph:
    """Collects nodes, constants, inputs and outputs."""

    def __init__(self):
        self.nodes, self.consts, self.inputs, self.outputs, self.count, self.pool = [], {}, [], [], 0, {}

    def const(self, v, dtype=np.float32):
        """A Python number, list or array as a constant; equal small ones are shared."""
        if isinstance(v, Tensor):
            return v
        a = v if isinstance(v, np.ndarray) else np.asarray(v, dtype)
        if a.dtype == np.float64:
            a = a.astype(np.float32)
        key = (a.dtype.str, a.shape, a.tobytes()) if a.size < 64 else None
        if key in self.pool:
            return self.pool[key]
        name = f"c{len(self.consts)}"
        self.consts[name] = numpy_helper.from_array(a, name)
        t = Tensor(self, name)
        if key:
            self.pool[key] = t
        return t

    def ints(self, v):
        return self.const(np.asarray(v, np.int64))

    def op(self, kind, *ins, n=1, **attrs):
        outs = [f"t{self.count + j}" for j in range(n)]
        self.count += n
        names = ["" if x is None else self.const(x).name for x in ins]
        self.nodes.append(helper.make_node(kind, names, outs, **attrs))
        made = [Tensor(self, o) for o in outs]
        return made[0] if n == 1 else made

    def input(self, name, shape, dtype=FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return Tensor(self, name)

    def output(self, t, name, shape, dtype=FLOAT):
        self.nodes.append(helper.make_node("Identity", [t.name], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def when(self, cond, then, otherwise, dtype=FLOAT):
        """`then()` where cond (0-d bool) holds, else `otherwise()`: only the taken branch is computed."""
        outer, branches = self.nodes, []
        for make in (then, otherwise):
            self.nodes = []
            got = make()
            got = list(got) if isinstance(got, (list, tuple)) else [got]
            names, own = [], {o for n in self.nodes for o in n.output}
            for v in got:
                name = self.const(v).name
                if name not in own or name in names:  # a branch must name its outputs itself
                    name = f"o{self.count}"
                    self.count += 1
                    self.nodes.append(helper.make_node("Identity", [v.name if isinstance(v, Tensor) else self.const(v).name], [name]))
                names.append(name)
            infos = [helper.make_tensor_value_info(n, dtype, None) for n in names]
            branches.append(helper.make_graph(self.nodes, f"branch{self.count}", [], infos))
        self.nodes = outer
        n = len(branches[0].output)
        outs = [f"t{self.count + j}" for j in range(n)]
        self.count += n
        self.nodes.append(helper.make_node("If", [cond.name], outs, then_branch=branches[0], else_branch=branches[1]))
        made = [Tensor(self, o) for o in outs]
        return made[0] if n == 1 else made

    def first_of(self, cases, otherwise, dtype=FLOAT):
        """The first of (cond, make) whose condition holds, else `otherwise()`."""
        if not cases:
            return otherwise()
        (cond, make), rest = cases[0], cases[1:]
        return self.when(cond, make, lambda: self.first_of(rest, otherwise, dtype), dtype)

    def build(self):
        """The checked model: opset 17, IR 9."""
        g = helper.make_graph(self.nodes, "stage", self.inputs, self.outputs, list(self.consts.values()))
        m = helper.make_model(g, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="threadreel")
        onnx.checker.check_model(m)
        return m

    def sin(self, x):
        return self.op("Sin", x)

    def cos(self, x):
        return self.op("Cos", x)

    def exp(self, x):
        return self.op("Exp", x)

    def abs(self, x):
        return self.op("Abs", x)

    def floor(self, x):
        return self.op("Floor", x)

    def frac(self, x):
        return x - self.op("Floor", x)

    def max(self, a, b):
        return self.op("Max", a, b)

    def min(self, a, b):
        return self.op("Min", a, b)

    def clip(self, x, lo=0.0, hi=1.0):
        return self.op("Clip", x, self.const(lo), self.const(hi))

    def pow(self, x, e):
        return self.op("Pow", x, self.const(e))

    def mix(self, a, b, t):
        a = self.const(a)
        return a + (b - a) * t

    def smooth(self, x, lo, hi):
        """Smoothstep from lo to hi (numbers)."""
        t = self.clip((x - lo) * (1.0 / (hi - lo)))
        return t * t * (3.0 - 2.0 * t)

    def cat(self, xs, axis):
        return self.op("Concat", *xs, axis=axis)

    def unsqueeze(self, x, axes):
        return self.op("Unsqueeze", x, self.ints(axes))

    def squeeze(self, x, axes):
        return self.op("Squeeze", x, self.ints(axes))

    def slice(self, x, start, end, axis):
        """x[start:end] along axis; start and end: ints or int64 [1] tensors."""
        start, end = (v if isinstance(v, Tensor) else self.ints([v]) for v in (start, end))
        return self.op("Slice", x, start, end, self.ints([axis]))

    def pick(self, x, i, axis=0):
        return self.op("Gather", x, self.ints(i), axis=axis)

    def cast(self, x, dtype):
        return self.op("Cast", x, to=dtype)

    def shape(self, x, dims):
        return self.op("Reshape", x, self.ints(dims))

    def count_to(self, n):
        """0, 1, .. n-1 as floats; n: 0-d int64."""
        return self.cast(self.op("Range", self.ints(0), n, self.ints(1)), FLOAT)

    def hash(self, x):
        """A number in 0..1 from an integer-valued one; cheap and repeatable."""
        return self.frac(self.sin(x * 12.9898) * 437.585)
