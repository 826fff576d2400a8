"""Builds picture.onnx: a member's picture as the set, seen by a moving camera; and the way from a first picture to a last one.

What is low in the picture is taken as near and follows the camera fully, what is high as far. Beyond its edges its
own blurred mirror image is seen. With the camera at rest every pixel is the picture's own.
"""

import math

from graph import FLOAT, Graph, INT64, UINT8


def build():
    """The picture graph: pictures [1, 3, H, W] 0..255 float; around [1, 3, h, w] the same, mirrored out by half its size and blurred."""
    g = Graph()
    first, around = g.input("first", [1, 3, "H", "W"]), g.input("first-around", [1, 3, "h", "w"])
    last, last_around = g.input("last", [1, 3, "LH", "LW"]), g.input("last-around", [1, 3, "lh", "lw"])
    cameras = g.input("cameras", [2, 4])  # x, y, log2 zoom, roll in radians, of the first and of the last picture
    blend = g.input("blend", [])  # 0: only the first, 1: only the last
    size = g.input("size", [2], INT64)
    rows, cols = g.pick(size, 0), g.pick(size, 1)
    h, w = g.cast(rows, FLOAT), g.cast(cols, FLOAT)
    aspect = w / h
    xs = g.unsqueeze((g.count_to(cols) + 0.5) / w * 2.0 - 1.0, [0])
    ys = g.unsqueeze(1.0 - (g.count_to(rows) + 0.5) / h * 2.0, [1])

    def look(picture, surround, which):
        cam = g.pick(cameras, which)
        cx, cy, zoom = g.pick(cam, 0), g.pick(cam, 1), g.exp(g.pick(cam, 2) * math.log(2))
        roll = g.pick(cam, 3)

        def place(x, y):
            q = (y + 0.15) / zoom - 0.15
            up = q + cy
            # Higher means farther, but gently: strong parallax would shear what stands upright in a photo.
            follow = 1.0 - 0.16 * g.clip((up + 0.45) * (1 / 0.9))
            u = (x / zoom + cx * follow) / aspect
            return [u, u * 0.0 - up]

        def turned():
            c, s, wide = g.cos(roll), g.sin(roll), xs * aspect
            return place(wide * c + ys * s, ys * c - wide * s)

        u, v = g.when(g.abs(roll) > 1e-5, turned, lambda: place(xs * aspect, ys))
        far = g.op("ReduceMax", g.max(g.abs(u), g.abs(v)), keepdims=0)

        def sample(source, scale):
            grid = g.unsqueeze(g.cat([g.unsqueeze(u * scale, [2]), g.unsqueeze(v * scale, [2])], 2), [0])
            return g.squeeze(g.op("GridSample", source, grid, mode="bilinear", padding_mode="zeros", align_corners=0), [0])

        def inside():
            # Held half a pixel from the edge, where zeros would bleed in.
            return sample(picture, 1.0)

        def beyond():
            edge = g.clip((1.0 - g.abs(u)) * (w * 0.5)) * g.clip((1.0 - g.abs(v)) * (h * 0.5))
            return g.mix(sample(surround, 0.5), sample(picture, 1.0), g.unsqueeze(edge, [0]))

        return g.when(far < 1.0, inside, beyond)

    def travel():
        r = g.op("Sqrt", xs * xs + ys * ys) * (1 / math.sqrt(2))
        mask = g.clip(blend * 1.6 - r * 0.6)
        mask = mask * mask * (3.0 - 2.0 * mask)
        return g.mix(look(first, around, 0), look(last, last_around, 1), g.unsqueeze(mask, [0]))

    picture = g.when(blend > 0.0, travel, lambda: look(first, around, 0))
    out = g.op("Transpose", g.clip(picture + 0.5, 0.0, 255.0), perm=[1, 2, 0])
    g.output(g.cast(out, UINT8), "picture", ["rows", "columns", 3], UINT8)
    return g.build()
