"""The out-of-focus layer between the actors and the audience: leaves or kelp in the lower corners, balls of light at night."""

import numpy as np

from bake import STRIPS
from graph import FLOAT, INT64, UINT8
from strip import HEIGHT, WIDTH
from view import View, rgb


def front(v: View):
    """Premultiplied [rows, columns, 4] uint8, much smaller than the frame; [1, 1, 4] where the set has none."""
    g = v.g
    size = g.input("front-size", [2], INT64)
    amount = v.amount("front")

    def draw():
        rows, cols = g.pick(size, 0), g.pick(size, 1)
        h, w = g.cast(rows, FLOAT), g.cast(cols, FLOAT)
        xs = g.unsqueeze((g.count_to(cols) + 0.5) / w * 2.0 - 1.0, [0])
        ys = g.unsqueeze(1.0 - (g.count_to(rows) + 0.5) / h * 2.0, [1])
        x = xs * v.aspect / v.zoom + v.cx * 1.45
        y = (ys + 0.15) / v.zoom - 0.15 + v.cy * 1.3
        cover = foliage(v, x, y, xs)
        tone = g.mix(v.mid * 0.46, v.low * 0.5, 0.16)
        leaves = g.cat([g.unsqueeze(cover, [0]) * tone, g.unsqueeze(cover, [0])], 0)
        return g.clip((leaves + g.when(v.lit > 0.4, lambda: lights(v, x, y), lambda: leaves * 0.0)) * 255.0 + 0.5, 0.0, 255.0)

    none = g.const(np.zeros((4, 1, 1), np.float32))
    out = g.when(amount > 0.05, draw, lambda: none)
    g.output(g.cast(g.op("Transpose", out, perm=[1, 2, 0]), UINT8), "front", ["front-rows", "front-columns", 4], UINT8)


def foliage(v: View, x, y, xs):
    """Coverage of big blurred leaves; the middle stays free for the actors."""
    g = v.g
    amount = v.amount("front")
    kelp = v.under > 0.5
    index = g.op("Where", kelp, g.ints([STRIPS.index("reef")]), g.ints([STRIPS.index("leafy")]))
    art = g.cast(g.slice(g.op("Gather", v.strips, index, axis=0), 0, 1, 1), FLOAT) * (1 / 255)
    art = g.op("AveragePool", art, kernel_shape=[5, 5], strides=[5, 5])  # out of focus, and nothing to flicker
    height = 1.05
    u = g.frac(x / (height * (WIDTH / HEIGHT)) + v.seed2 * 0.21) * 1.98 - 0.99
    t = 1.0 - (y + 1.26) / height * 2.0
    zero = (u + t) * 0.0
    grid = g.unsqueeze(g.cat([g.unsqueeze(u + zero, [2]), g.unsqueeze(t + zero, [2])], 2), [0])
    got = g.squeeze(g.op("GridSample", art, grid, mode="bilinear", padding_mode="zeros", align_corners=0), [0, 1])
    free = g.smooth(g.abs(xs), 0.5, 0.98)
    grows = g.clip((v.amount("trees") + v.amount("grain") + v.under) * 3.0)
    return got * free * grows * g.clip(amount * 1.3) * 0.92


def lights(v: View, x, y):
    """Soft balls of light, added: alpha 0."""
    g = v.g
    px, py = x * 1.9 + v.seed1, y * 2.1
    cell, row = g.floor(px), g.floor(py)
    kind = g.frac(g.sin(cell * 12.9898 + row * 78.233) * 437.585)
    dx, dy = (px - cell - 0.3 - 0.4 * kind) * (1 / 1.9), (py - row - 0.3 - 0.4 * g.frac(kind * 7.0)) * (1 / 2.1)
    ball = g.clip((0.08 + 0.04 * kind - g.op("Sqrt", dx * dx + dy * dy)) * 26.0) * g.clip((kind - 0.6) * 20.0)
    hue = g.mix(v.accent, rgb(1.0, 0.85, 0.55), g.unsqueeze(g.frac(kind * 13.0), [0]))
    light = g.unsqueeze(ball * g.clip(y * 1.4 + 0.2) * (0.16 * v.amount("front")), [0])
    return g.cat([light * hue, light * 0.0], 0)
