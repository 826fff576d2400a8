"""Builds puppet.onnx: one sprite and its pose to a lit patch of the picture, and the soft silhouette for its shadow.

Inputs
  sprite [1, 5, S, S]  premultiplied red, green, blue; alpha; slope of the rounded surface to the right, times alpha
  pose   [21]          see POSE; worker/families/theatre/pose.ts writes it
  light  [9]           ambient gain, haze colour, rim colour
  size   [2]           rows and columns of the patch
Outputs
  patch  [rows, columns, 4] uint8, premultiplied; shade [1, 1, r, c] uint8, alpha blurred, a quarter of the size, one of its pixels of margin
"""

from graph import FLOAT, Graph, INT64, UINT8

POSE = ("step", "left", "top", "cos", "sin", "scale-x", "scale-y", "lean", "quad", "biped", "wing", "fin", "stride", "beat", "wave",
        "alpha", "haze", "side", "rim", "round", "volume")


def build():
    """The puppet graph."""
    g = Graph()
    sprite = g.input("sprite", [1, 5, "S", "S"])
    pose = g.input("pose", [len(POSE)])
    light = g.input("light", [9])
    size = g.input("size", [2], INT64)
    p = {name: g.pick(pose, i) for i, name in enumerate(POSE)}
    rows, cols = g.pick(size, 0), g.pick(size, 1)
    dx = g.unsqueeze((g.count_to(cols) + 0.5) * p["step"] + p["left"], [0])
    dy = g.unsqueeze((g.count_to(rows) + 0.5) * p["step"] + p["top"], [1])
    u = (dx * p["cos"] - dy * p["sin"]) * p["scale-x"]
    v = (dx * p["sin"] + dy * p["cos"]) * p["scale-y"]
    u = u - (1.0 - v) * (p["lean"] * 0.8)

    def move():
        w = g.smooth(v, 0.25, 1.0)
        half = g.op("Tanh", u * 7.0)
        uu = u - w * half * (p["quad"] * p["stride"] * 0.17)
        vv = v + w * g.clip(half * p["stride"]) * (p["biped"] * 0.13)
        vv = vv + (g.abs(uu) - 0.15) * (p["wing"] * p["beat"] * 0.20)
        uu = uu / (1.0 - (p["beat"] * 0.5 + 0.5) * (p["wing"] * 0.16))
        vv = vv + g.sin(uu * 2.4 + p["wave"]) * (0.55 - 0.45 * uu) * (p["fin"] * 0.13)
        return [uu, vv]

    moving = (p["quad"] + p["biped"] + p["wing"] + p["fin"]) > 0.02
    u, v = g.when(moving, move, lambda: [u, v])
    # Sprites leave a 64th of their canvas free below their feet, which stand on the box's lower edge.
    grid = g.unsqueeze(g.cat([g.unsqueeze(u, [2]), g.unsqueeze(v - 0.03125, [2])], 2), [0])
    got = g.op("GridSample", sprite, grid, mode="bilinear", padding_mode="zeros", align_corners=0)
    colour, alpha, slope = g.op("Split", g.squeeze(got, [0]), g.ints([3, 1, 1]), n=3, axis=0)
    ambient, haze, rim = (g.shape(g.slice(light, i, i + 3, 0), [3, 1, 1]) for i in (0, 3, 6))
    facing_light = slope * p["side"]
    shade = (1.0 + (0.06 - 0.11 * g.clip(g.unsqueeze(v, [0]) + 1.0, 0.0, 2.0)) * p["volume"]) * (1.0 + g.clip(facing_light * 3.0, -1.0, 0.0) * p["round"])
    lit = colour * shade * ambient + g.clip(facing_light * 1.6) * p["rim"] * rim
    lit = lit + (haze * alpha - lit) * p["haze"]
    patch = g.cat([g.min(lit, alpha), alpha], 0) * (p["alpha"] * 255.0) + 0.5
    g.output(g.cast(g.op("Transpose", g.clip(patch, 0.0, 255.0), perm=[1, 2, 0]), UINT8), "patch", ["rows", "columns", 4], UINT8)
    soft = g.op("AveragePool", g.unsqueeze(alpha, [0]), kernel_shape=[6, 6], strides=[4, 4], pads=[5, 5, 5, 5], count_include_pad=1)
    soft = g.op("AveragePool", soft, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], count_include_pad=1)
    g.output(g.cast(soft * (p["alpha"] * 255.0), UINT8), "shade", [1, 1, "r", "c"], UINT8)
    return g.build()
