"""Builds stage.onnx: background vector, camera and time to the picture of the set, uint8 [rows, columns, 3], and the layer before the actors."""

from air import air
from front import front
from graph import Graph, UINT8
from ground import ground
from interior import floor, wall
from land import land
from sky import sky
from view import OVERLAP, View


def build():
    """The scenery graph."""
    g = Graph()
    v = View(g)
    indoors = v.room > 0.5
    upper = g.when(indoors, lambda: wall(v), lambda: land(v, sky(v)))
    lower = g.when(indoors, lambda: floor(v), lambda: ground(v))
    seam = 2 * OVERLAP
    above, below = g.slice(upper, 0, -seam, 1), g.slice(lower, seam, 1 << 30, 1)
    a, b = g.slice(upper, -seam, 1 << 30, 1), g.slice(lower, 0, seam, 1)
    cover = g.slice(v.cover_ground, 0, seam, 0)
    joined = g.cat([above, g.mix(a, b, g.unsqueeze(cover, [0])), below], 1)
    picture = air(v, joined)
    dither = (g.frac((v.xs * 12.9898 + v.ys * 78.233) * 43.5) - 0.5) * 0.9
    out = g.clip(picture * 255.0 + 0.5 + g.unsqueeze(dither, [0]), 0.0, 255.0)
    g.output(g.cast(g.op("Transpose", out, perm=[1, 2, 0]), UINT8), "picture", ["rows", "columns", 3], UINT8)
    front(v)
    return g.build()
