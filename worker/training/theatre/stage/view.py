"""What every feature of the scenery sees: palette, camera, coordinates of the two bands, and the strips.

The picture is cut at the horizon: `upper` (sky, hills, houses, walls) and `lower` (ground, floor) are drawn apart and
joined, so that nothing is computed where it cannot be seen. World units as in the director: the frame is 2 tall, y up.
"""

import math

import numpy as np

from bake import STRIPS, noise
from graph import FLOAT, Graph, INT64, UINT8
from scenery import INDEX, RGB, SIZE
from strip import HEIGHT, WIDTH

OVERLAP = 2  # rows that both bands draw, so that the horizon's edge is smooth


def rgb(r, g, b):
    """A constant colour, [3, 1, 1]."""
    return np.array([r, g, b], np.float32).reshape(3, 1, 1)


class View:
    """Inputs of the graph and everything derived from them that more than one feature needs."""

    def __init__(self, g: Graph):
        self.g = g
        self.vector = g.input("background", [SIZE])
        self.camera = g.input("camera", [4])  # x, y, log2 zoom, aspect
        self.t = g.input("time", [])
        self.size = g.input("size", [2], INT64)  # rows, columns
        self.strips = g.input("strips", [len(STRIPS), 3, HEIGHT, WIDTH], UINT8)
        self.cx, self.cy = g.pick(self.camera, 0), g.pick(self.camera, 1)
        self.zoom = g.exp(g.pick(self.camera, 2) * math.log(2))
        self.aspect = g.pick(self.camera, 3)
        rows, cols = g.pick(self.size, 0), g.pick(self.size, 1)
        h, w = g.cast(rows, FLOAT), g.cast(cols, FLOAT)
        self.xs = g.unsqueeze((g.count_to(cols) + 0.5) / w * 2.0 - 1.0, [0]) * self.aspect  # [1, w]
        self.ys = g.unsqueeze(1.0 - (g.count_to(rows) + 0.5) / h * 2.0, [1])  # [h, 1]
        self.xz = self.xs / self.zoom
        self.pixels = h * 0.5 * self.zoom  # per world unit
        q = (self.ys + 0.15) / self.zoom - 0.15
        self.hz = self.raw("horizon")
        self.high = g.abs(self.hz + 0.9) < 0.3  # a stage in the clouds
        seen = self.hz - self.cy * self.parallax(self.hz)
        cut = (1.0 - ((seen + 0.15) * self.zoom - 0.15)) * 0.5 * h
        cut = g.cast(g.min(g.max(g.floor(cut), g.const(float(OVERLAP))), h - float(OVERLAP)), INT64)
        cut = g.shape(cut, [1])
        self.lo, self.hi = g.op("Sub", cut, g.ints([OVERLAP])), g.op("Add", cut, g.ints([OVERLAP]))
        self.yu = g.slice(q, 0, self.hi, 0) + (self.hz - seen)  # [upper, 1]
        self.yall = q + (self.hz - seen)  # [h, 1]: the far layers' y all the way down
        below = g.slice(q, self.lo, 1 << 30, 0)
        self.cover_ground = g.clip((seen - below) * self.pixels + 0.5)
        y1, y2, y3 = below + self.cy, (below + self.cy * 0.625) / (1.0 + self.cy * 0.8333), below + self.cy * 0.5
        self.yl = g.op("Where", y1 < -0.45, y1, g.op("Where", y2 < 0.15, y2, y3))  # inverse of y - cy * parallax(y)
        par = self.parallax(self.yl)
        self.depth = g.clip((self.hz - self.yl) / (self.hz + 1.25), 0.0, 1.3)  # 0 at the horizon, 1 at the footlights
        self.near = 1.0 / (self.depth + 0.16)
        self.xg = self.xz + self.cx * par  # [lower, w]
        self.seed1, self.seed2 = self.raw("seed-1") * 6.0, self.raw("seed-2") * 9.0
        self.ambient = self.light("ambient")
        self.room = self.flag("room")
        self.under = self.flag("under")
        self.stars = self.amount("stars")
        self.glow = self.amount("glow")
        self.lit = self.amount("lit")
        self.low, self.top = self._sunk(self.colour("low")), self._sunk(self.colour("top"))
        self.far_col, self.near_col = self.colour("far"), self.colour("near")
        self.hill, self.mid, self.accent = self._sunk(self.colour("hill")), self._sunk(self.colour("mid")), self.colour("accent")
        # One texel of wrap on each side: padding_mode "zeros" is four times as fast as "border", but must then never be reached.
        self._noise_size = noise().shape[1:]
        tex = g.cast(g.const(np.pad(noise(), ((0, 0), (1, 1), (1, 1)), mode="wrap")[None]), FLOAT) * (1 / 255)
        self._soft, self._dots = g.slice(tex, 0, 1, 1), g.slice(tex, 1, 2, 1)
        self.dark = g.clip((1.02 - g.squeeze(g.pick(self.ambient, [0]), [0, 1, 2])) * 4.5)  # night-ness from the ambient red
        self.warm = g.mix(rgb(1.0, 0.84, 0.52), self.low, 0.15)

    def parallax(self, y):
        """How much a thing standing at world y follows the camera: 1 near, 0.5 far. The actors use the same."""
        return 1.0 - 0.5 * self.g.clip((y + 0.45) * (1 / 0.6))

    def raw(self, name):
        return self.g.pick(self.vector, INDEX[name])

    def amount(self, name):
        return self.g.clip(self.raw(name) * 0.5 + 0.5)

    flag = amount

    def has(self, name, over=0.06):
        return self.amount(name) > over

    def colour(self, name):
        return self.g.shape(self.g.pick(self.vector, [INDEX[f"{name}-{c}"] for c in RGB]), [3, 1, 1]) * 0.5 + 0.5

    def _sunk(self, colour):
        """Under water every hour of the day is blue."""
        grey = self.g.op("ReduceMean", colour, axes=[0], keepdims=1)
        return self.g.mix(colour, grey * rgb(0.28, 0.92, 1.5), self.under * 0.7)

    def light(self, name):
        return self.g.shape(self.g.pick(self.vector, [INDEX[f"{name}-{c}"] for c in RGB]), [3, 1, 1]) * (1 / 3) + 1.0

    def x(self, follow):
        """World x of a layer that follows the camera by `follow` (0: infinitely far), [1, w]."""
        return self.xz + self.cx * follow

    def edge(self, d, soft=1.0):
        """Coverage 0..1 from a signed distance in world units (inside positive), about one pixel soft."""
        return self.g.clip(d * (self.pixels * (1.0 / soft)) + 0.5)

    def box(self, x, y, x0, x1, y0, y1, soft=1.0):
        """Coverage of a rectangle: x [1, w], y [n, 1]."""
        g = self.g
        return self.edge(g.min(x - x0, x1 - x), soft) * self.edge(g.min(y - y0, y1 - y), soft)

    def paint(self, base, colour, mask):
        """`colour` over `base` [3, n, w]; mask [n, w]."""
        return base + (colour - base) * self.g.unsqueeze(mask, [0])

    def add(self, base, colour, mask):
        """Light of `colour` added where mask [n, w] is."""
        return base + self.g.unsqueeze(mask, [0]) * colour

    def _sample(self, texture, u, v):
        g = self.g
        rows, cols = self._noise_size
        u = g.frac(u) * (2.0 * cols / (cols + 2)) + (2.0 / (cols + 2) - 1.0)
        v = g.frac(v) * (2.0 * rows / (rows + 2)) + (2.0 / (rows + 2) - 1.0)
        zero = (u + v) * 0.0
        grid = g.unsqueeze(g.cat([g.unsqueeze(u + zero, [2]), g.unsqueeze(v + zero, [2])], 2), [0])
        return g.squeeze(g.op("GridSample", texture, grid, mode="bilinear", padding_mode="zeros", align_corners=0), [0, 1])

    def soft_noise(self, u, v):
        """Cloud-like noise 0..1 at tile coordinates (wraps), [n, w]. It is smooth: every second point is sampled, the rest between."""
        g = self.g
        full = g.op("Shape", u + v * 0.0 if u is not v else u)
        got = self._sample(self._soft, self._thinned(u), self._thinned(v))
        got = g.unsqueeze(got, [0, 1])
        size = g.cat([g.ints([1, 1]), full], 0)
        return g.squeeze(g.op("Resize", got, None, None, size, mode="linear", coordinate_transformation_mode="half_pixel"), [0, 1])

    def _thinned(self, x):
        """Every second row and column of x [n or 1, w or 1]."""
        g = self.g
        return g.op("Slice", x, g.ints([0, 0]), g.ints([1 << 30, 1 << 30]), g.ints([0, 1]), g.ints([2, 2]))

    def dots(self, u, v):
        """Scattered dots 0..1 at tile coordinates (wraps), [n, w]."""
        return self._sample(self._dots, u, v)

    def rows_between(self, picture, y, lo, hi, draw):
        """Applies draw(rows of picture, their y) only to rows with lo < y < hi; y [n, 1] falls evenly downwards."""
        g = self.g
        n = g.op("Shape", y)
        n0 = g.slice(n, 0, 1, 0)
        first = g.shape(g.slice(y, 0, 1, 0), [])
        step = 1.0 / self.pixels
        limit = g.cast(g.squeeze(n0, [0]), FLOAT)
        a = g.min(g.max(g.floor((first - hi) / step), g.const(0.0)), limit - 2.0)
        b = g.min(g.max(g.floor((first - lo) / step) + 2.0, a + 1.0), limit)
        a, b = (g.shape(g.cast(v, INT64), [1]) for v in (a, b))
        new = draw(g.slice(picture, a, b, 1), g.slice(y, a, b, 0))
        return g.cat([g.slice(picture, 0, a, 1), new, g.slice(picture, b, 1 << 30, 1)], 1)

    def strip(self, name, x, y, base, height, offset):
        """A strip's (coverage, shade, light), each [n, w]: standing on `base`, `height` world units tall; x [1, w], y [n, 1]."""
        g = self.g
        art = g.cast(g.op("Gather", self.strips, g.ints([STRIPS.index(name)]), axis=0), FLOAT) * (1 / 255)
        art = g.cat([g.slice(art, WIDTH - 1, WIDTH, 3), art, g.slice(art, 0, 1, 3)], 3)
        u = (g.frac(x / (height * (WIDTH / HEIGHT)) + offset) * float(WIDTH) + 1.0) * (2.0 / (WIDTH + 2)) - 1.0
        v = 1.0 - (y - base) / height * 2.0
        zero = (u + v) * 0.0
        grid = g.unsqueeze(g.cat([g.unsqueeze(u + zero, [2]), g.unsqueeze(v + zero, [2])], 2), [0])
        got = g.squeeze(g.op("GridSample", art, grid, mode="bilinear", padding_mode="zeros", align_corners=0), [0])
        cover, shade, light = g.op("Split", got, g.ints([1, 1, 1]), n=3, axis=0)
        above = g.clip((1.0 - v) * 0.0 + g.clip((v + 1.0) * (self.pixels * height * 0.5) + 0.5))
        return g.squeeze(cover, [0]) * above, shade, light

    def stand(self, picture, y, name, follow, base, height, offset, colour, haze=0.0, glow=None, light=None, opacity=None, drift=None):
        """Draws a strip into `picture` [3, n, w] whose rows have world y [n, 1]: tinted, hazed towards the sky, its lights lit."""
        g = self.g
        x = self.x(follow) if drift is None else self.x(follow) + drift

        def draw(part, yy):
            cover, shade, lamps = self.strip(name, x, yy, base, height, offset)
            col = colour * (shade * 2.0)
            if haze is not None:
                col = g.mix(col, self.low, haze)
            if glow is not None:
                col = g.mix(col, light, g.clip(lamps * glow))
            return self.paint(part, col, cover if opacity is None else cover * opacity)

        return self.rows_between(picture, y, base, base + height, draw)
