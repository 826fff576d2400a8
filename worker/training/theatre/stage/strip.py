"""A scenery strip being painted."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, SS = 1280, 160, 3


class Strip:
    """A strip being painted at SS times its size; coordinates are in strip pixels, y up from the bottom edge."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.layers = [Image.new("L", (WIDTH * SS, HEIGHT * SS), v) for v in (0, 128, 0)]
        self.pens = [ImageDraw.Draw(x) for x in self.layers]

    def _each(self, xs):
        """Offsets at which a shape spanning xs must be drawn so that it wraps."""
        lo, hi = min(xs), max(xs)
        return [0] + ([WIDTH] if lo < 0 else []) + ([-WIDTH] if hi > WIDTH else [])

    def poly(self, points, shade=128, glow=0, cover=255):
        for off in self._each([p[0] for p in points]):
            q = [((x + off) * SS, (HEIGHT - y) * SS) for x, y in points]
            for pen, v in zip(self.pens, (cover, shade, glow)):
                pen.polygon(q, fill=int(np.clip(v, 0, 255)))

    def rect(self, x0, y0, x1, y1, shade=128, glow=0):
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], shade, glow)

    def ball(self, x, y, rx, ry=None, shade=128, glow=0):
        ry = ry or rx
        for off in self._each([x - rx, x + rx]):
            box = [(x + off - rx) * SS, (HEIGHT - y - ry) * SS, (x + off + rx) * SS, (HEIGHT - y + ry) * SS]
            for pen, v in zip(self.pens, (255, shade, glow)):
                pen.ellipse(box, fill=int(np.clip(v, 0, 255)))

    def image(self, blur=0.0):
        out = []
        for i, x in enumerate(self.layers):
            if blur:
                x = x.filter(ImageFilter.GaussianBlur(blur * SS))
            out.append(np.asarray(x.resize((WIDTH, HEIGHT), Image.LANCZOS)))
        return np.stack(out, -1)
