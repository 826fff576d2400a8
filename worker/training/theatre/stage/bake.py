"""Paints the scenery strips: rows of trees, towers, houses, clouds ... as grey art that the stage graph colours.

Every strip is WIDTH x HEIGHT, wraps round in x, stands on its bottom edge. Channels: R coverage, G shade (128 = the
palette's colour), B light (lit windows, lamps, glowing caps). All drawn here by script: no outside art.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, SS = 1280, 160, 3
STRIPS = ("skyline-far", "skyline-near", "town", "pagoda", "castle", "conifer", "leafy", "trunks", "candy", "stands", "reef", "clouds")


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


def skyline(seed, tall, near):
    s = Strip(seed)
    x = 0.0
    while x < WIDTH - 12:
        w = s.rng.uniform(26, 58) * (1.25 if near else 0.9)
        h = s.rng.uniform(0.3, 1) ** 1.2 * tall * 150 + 14
        base = s.rng.uniform(104, 150)
        kind = s.rng.integers(5)
        s.rect(x, 0, x + w, h, base)
        s.rect(x + w * 0.72, 0, x + w, h, base - 20)
        if kind == 0:
            s.rect(x + w * 0.2, h, x + w * 0.8, h + 6, base - 8)
            s.rect(x + w * 0.46, h, x + w * 0.54, h + 20, base - 25)
            s.ball(x + w * 0.5, h + 20, 1.6, shade=200, glow=255)
        elif kind == 1:
            s.poly([(x, h), (x + w, h), (x + w * 0.5, h + w * 0.45)], base + 8)
        elif kind == 2:
            s.rect(x + w * 0.12, h, x + w * 0.5, h + 9, base - 14)
        elif kind == 3:
            s.poly([(x, h), (x + w, h), (x + w, h + w * 0.5)], base + 4)
        cols, step = max(2, int(w / (8 if near else 6.5))), (8.5 if near else 7)
        for i in range(cols):
            for j in range(int((h - 8) / step)):
                lit = s.rng.random() < 0.5
                wx, wy = x + (i + 0.22) * w / cols, 5 + j * step
                s.rect(wx, wy, wx + w / cols * 0.56, wy + step * 0.52, base + (34 if lit else 16), (150 + s.rng.uniform(0, 105)) if lit else 0)
        x += w + (s.rng.uniform(0, 12) if s.rng.random() < 0.5 else 0)
    return s.image()


def town(seed):
    s = Strip(seed)
    x = 0.0
    while x < WIDTH - 40:
        w, h = s.rng.uniform(48, 84), s.rng.uniform(46, 92)
        base = s.rng.uniform(92, 176)
        s.rect(x, 0, x + w, h, base)
        roof = s.rng.uniform(14, 34)
        if s.rng.random() < 0.62:
            s.poly([(x - 4, h - 1), (x + w + 4, h - 1), (x + w * 0.5, h + roof)], base * 0.55)
            s.ball(x + w * 0.5, h + roof * 0.36, 4, shade=base + 44, glow=160)
        else:
            s.rect(x - 3, h, x + w + 3, h + 5, base * 0.62)
            s.poly([(x, h + 5), (x + w, h + 5), (x + w * 0.84, h + roof * 0.8), (x + w * 0.16, h + roof * 0.8)], base * 0.55)
        if s.rng.random() < 0.5:
            cx = x + w * s.rng.uniform(0.66, 0.8)
            s.rect(cx, h, cx + 6, h + roof * 0.9 + 4, base * 0.7)
        cols, rows = int(w / 20), int(h / 27)
        for i in range(cols):
            for j in range(rows):
                wx, wy = x + (i + 0.5) * w / cols, 28 + j * 27
                if wy + 14 > h:
                    continue
                lit = s.rng.random() < 0.62
                s.rect(wx - 6, wy - 1, wx + 6, wy + 14, base + 50)
                s.rect(wx - 4.6, wy, wx + 4.6, wy + 12.6, base * 0.62 + 10, 235 if lit else 0)
                s.rect(wx - 0.6, wy, wx + 0.6, wy + 12.6, base + 50)
        dx = x + w * s.rng.uniform(0.25, 0.7)
        s.rect(dx - 6, 0, dx + 6, 20, base * 0.5)
        if s.rng.random() < 0.55:
            for k in range(6):
                ax = x + 5 + k * (w - 10) / 6
                s.poly([(ax, 26), (ax + (w - 10) / 6, 26), (ax + (w - 10) / 6, 20), (ax, 20)], 215 if k % 2 else 96)
        x += w + (s.rng.uniform(6, 22) if s.rng.random() < 0.3 else 0)
    return s.image()


def pagoda(seed):
    s = Strip(seed)
    x = 20.0
    while x < WIDTH - 60:
        tall = s.rng.random() < 0.28
        w, tiers = (58, 4) if tall else (s.rng.uniform(80, 130), int(s.rng.integers(1, 3)))
        y, ww = 0.0, w
        for t in range(tiers):
            h = 24 if tall else 32
            s.rect(x + (w - ww) / 2 + 6, y, x + (w + ww) / 2 - 6, y + h, 150)
            n = max(3, int(ww / 17))
            for i in range(n):
                wx = x + (w - ww) / 2 + 9 + (i + 0.5) * (ww - 18) / n
                s.rect(wx - 4.5, y + 6, wx + 4.5, y + h - 6, 96, 225)
                s.rect(wx - 0.7, y + 6, wx + 0.7, y + h - 6, 70)
            e, c, top = ww / 2 + 11, x + w / 2, y + h
            curve = [(c - e * k, top - 3 + 8 * k**4 + 13 * (1 - k) ** 1.4) for k in np.linspace(1, 0, 9)]
            curve += [(2 * c - a, b) for a, b in curve[::-1]]
            s.poly([(c - e + 3, top - 4), *curve, (c + e - 3, top - 4)], 66)
            s.poly([(c - e + 3, top - 4), (c + e - 3, top - 4), (c + e - 3, top - 1), (c - e + 3, top - 1)], 200)
            y, ww = top + 5, ww * (0.82 if tall else 0.68)
        if tall:
            s.rect(x + w / 2 - 1, y, x + w / 2 + 1, y + 16, 180)
            s.ball(x + w / 2, y + 16, 2.4, shade=220, glow=180)
        x += w + s.rng.uniform(2, 34)
    return s.image()


def castle(seed):
    s = Strip(seed)

    def tower(x, w, h, cone, base):
        s.rect(x - w / 2, 0, x + w / 2, h, base)
        s.rect(x + w * 0.2, 0, x + w / 2, h, base - 22)
        s.rect(x - w / 2 - 2, h - 5, x + w / 2 + 2, h + 2, base + 18)
        if cone:
            s.poly([(x - w / 2 - 4, h), (x + w / 2 + 4, h), (x, h + cone)], 70)
            s.poly([(x + w * 0.1, h), (x + w / 2 + 4, h), (x, h + cone)], 52)
            s.rect(x - 0.6, h + cone - 2, x + 0.6, h + cone + 10, 90)
            s.poly([(x, h + cone + 10), (x + 11, h + cone + 7), (x, h + cone + 4)], 190)
        else:
            for k in range(4):
                mx = x - w / 2 + (k + 0.1) * w / 4
                s.rect(mx, h, mx + w / 7, h + 6, base + 10)
        for k in range(max(1, int(h / 34))):
            s.rect(x - 2.6, 22 + k * 30, x + 2.6, 31 + k * 30, 60, 240)
            s.ball(x, 31 + k * 30, 2.6, shade=60, glow=240)

    for cx, k in ((330, 1.0), (960, 0.72)):
        s.rect(cx - 120 * k, 0, cx + 120 * k, 46 * k, 136)
        for i in range(15):
            s.rect(cx + (-120 + i * 16.6) * k, 46 * k, cx + (-111 + i * 16.6) * k, 53 * k, 136)
        tower(cx - 64 * k, 26 * k, 84 * k, 30 * k, 142)
        tower(cx + 66 * k, 28 * k, 76 * k, 34 * k, 132)
        s.rect(cx - 34 * k, 0, cx + 34 * k, 78 * k, 148)
        tower(cx, 40 * k, 104 * k, 46 * k, 150)
        tower(cx - 120 * k, 24 * k, 62 * k, 0, 128)
        tower(cx + 120 * k, 24 * k, 58 * k, 24 * k, 134)
        s.ball(cx, 16 * k, 13 * k, 20 * k, shade=58)
    return s.image()


def conifer(seed):
    s = Strip(seed)
    spots = sorted(((s.rng.uniform(0, WIDTH), s.rng.uniform(58, 150)) for _ in range(64)), key=lambda p: -p[1])
    for x, h in spots:
        w, base = h * s.rng.uniform(0.2, 0.27), 150 - h * 0.34 + s.rng.uniform(-14, 14)
        s.rect(x - h * 0.02, 0, x + h * 0.02, h * 0.2, 60)
        n = 6
        for t in range(n):
            y0, y1 = h * (0.07 + 0.76 * t / n), h * (0.07 + 0.76 * t / n + 0.30)
            half = w * (1 - t / (n + 0.7))
            zig = [(x - half, y0), (x - half * 0.55, y0 + 3), (x - half * 0.3, y0 - 2.5), (x, y0 + 2), (x + half * 0.35, y0 - 2.5), (x + half * 0.6, y0 + 3), (x + half, y0)]
            s.poly([*zig, (x, min(y1, h))], base + t * 5)
            s.poly([(x + half * 0.05, y0 + 2), (x + half * 0.35, y0 - 2.5), (x + half * 0.6, y0 + 3), (x + half, y0), (x, min(y1, h))], base + t * 5 - 22)
    return s.image()


def leafy(seed):
    s = Strip(seed)
    spots = sorted(((s.rng.uniform(0, WIDTH), s.rng.uniform(56, 128)) for _ in range(44)), key=lambda p: -p[1])
    for x, h in spots:
        base, r = 136 - h * 0.16 + s.rng.uniform(-12, 12), h * s.rng.uniform(0.26, 0.33)
        s.poly([(x - h * 0.05, 0), (x + h * 0.05, 0), (x + h * 0.025, h * 0.6), (x - h * 0.025, h * 0.6)], 66)
        blobs = [(s.rng.normal(0, 0.5), s.rng.normal(0, 0.34), s.rng.uniform(0.5, 0.78)) for _ in range(11)]
        for dx, dy, k in sorted(blobs, key=lambda b: b[1]):
            cx, cy = x + dx * r, h - r * 0.9 + dy * r
            s.ball(cx, cy, r * k, shade=base - 26 + dy * 22)
        for dx, dy, k in sorted(blobs, key=lambda b: b[1]):
            cx, cy = x + dx * r - r * 0.1, h - r * 0.9 + dy * r + r * 0.13
            s.ball(cx, cy, r * k * 0.7, shade=base + 6 + dy * 26)
    for _ in range(90):
        x, r = s.rng.uniform(0, WIDTH), s.rng.uniform(6, 14)
        s.ball(x, 2, r, shade=112 + s.rng.uniform(-14, 20))
    return s.image(0.35)


def trunks(seed):
    s = Strip(seed)
    spots = [(x + s.rng.uniform(-26, 26), s.rng.uniform(16, 34)) for x in np.linspace(30, WIDTH - 50, 12)]
    for x, w in spots:
        base = s.rng.uniform(92, 132)
        lean = s.rng.normal(0, 8)
        left = [(x - w * (0.5 + 0.7 * (1 - k) ** 4) + lean * k, HEIGHT * 1.02 * k) for k in np.linspace(0, 1, 12)]
        right = [(x + w * (0.5 + 0.7 * (1 - k) ** 4) + lean * k, HEIGHT * 1.02 * k) for k in np.linspace(1, 0, 12)]
        s.poly(left + right, base)
        s.poly([(x + w * 0.1 + lean * k, HEIGHT * 1.02 * k) for k in np.linspace(0, 1, 6)] + right, base - 24)
        for side in (-1, 1):
            y = s.rng.uniform(84, 128)
            s.poly([(x, y), (x + side * w * 1.9, y + 26), (x + side * w * 2.4, y + 44), (x + side * w * 1.7, y + 31), (x, y + 12)], base - 6)
        if s.rng.random() < 0.5:
            s.ball(x, 46, w * 0.2, w * 0.28, shade=60, glow=210)
        for k in range(3):
            if s.rng.random() < 0.75:
                mx, my = x + s.rng.choice([-1, 1]) * w * 0.46, s.rng.uniform(20, 84)
                s.poly([(mx - 8, my), (mx + 8, my), (mx + 5, my + 5), (mx - 5, my + 5)], 190, 190)
    for _ in range(34):
        x, h, r = s.rng.uniform(0, WIDTH), s.rng.uniform(7, 24), s.rng.uniform(5, 11)
        s.rect(x - 1.6, 0, x + 1.6, h, 205, 60)
        s.poly([(x + r * np.cos(a), h + r * 0.85 * np.sin(a)) for a in np.linspace(0, np.pi, 12)], 205, 255)
        for k in (-0.45, 0.1, 0.5):
            s.ball(x + k * r, h + r * 0.36, 1.4, shade=250, glow=140)
    return s.image(0.3)


def candy(seed):
    s = Strip(seed)
    for _ in range(13):
        x, r = s.rng.uniform(0, WIDTH), s.rng.uniform(34, 72)
        s.ball(x, -4, r, r * 0.9, shade=136 + s.rng.uniform(-16, 16))
        s.ball(x, r * 0.46, r * 0.66, r * 0.5, shade=205)
        for k in range(5):
            s.ball(x - r * 0.5 + k * r * 0.25, r * 0.26 - (k % 2) * r * 0.12, r * 0.15, r * 0.2, shade=205)
        s.ball(x, r * 1.02, r * 0.13, shade=110, glow=255)
    for _ in range(17):
        x, h, r = s.rng.uniform(0, WIDTH), s.rng.uniform(52, 116), s.rng.uniform(14, 25)
        s.rect(x - 1.8, 0, x + 1.8, h, 235)
        for i in range(9):
            k = 1 - i / 9
            s.ball(x + 0.9 * (i % 2), h, r * k, shade=232 if i % 2 else 128, glow=0 if i % 2 else 255)
    return s.image()


def stands(seed):
    s = Strip(seed)
    s.rect(0, 0, WIDTH, 112, 120)
    for row in range(9):
        y = 12 + row * 11
        s.rect(0, y - 4, WIDTH, y - 2, 84)
        for x in np.arange(3 + (row % 2) * 3.6, WIDTH, 7.2):
            if s.rng.random() < 0.9:
                v = s.rng.uniform(70, 230)
                glow = 255 if s.rng.random() < 0.16 else 0
                s.ball(x, y + 1, 3.0, 3.6, shade=v, glow=glow)
                s.ball(x, y + 5.2, 2.0, shade=205)
    s.rect(0, 0, WIDTH, 9, 215)
    for k in range(20):
        s.rect(k * 64 + 4, 1.5, k * 64 + 34, 7.5, 110, 90 if k % 2 else 255)
    s.poly([(0, 112), (WIDTH, 112), (WIDTH, 119), (0, 119)], 168)
    for k in range(6):
        x = 100 + k * 213
        s.rect(x - 2, 112, x + 2, 142, 108)
        s.rect(x - 17, 140, x + 17, 154, 90)
        for i in range(4):
            for j in range(2):
                s.ball(x - 12 + i * 8, 144 + j * 6, 2.7, shade=250, glow=230)
    return s.image()


def reef(seed):
    s = Strip(seed)
    for _ in range(16):
        x, r = s.rng.uniform(0, WIDTH), s.rng.uniform(24, 60)
        s.poly([(x + r * np.cos(a) * (1 + 0.12 * np.sin(5 * a + x)), r * 0.75 * np.sin(a) * (1 + 0.15 * np.sin(7 * a + x))) for a in np.linspace(0, np.pi, 24)], 108 + s.rng.uniform(-20, 18))
    for _ in range(24):
        x, h, base = s.rng.uniform(0, WIDTH), s.rng.uniform(50, 145), s.rng.uniform(92, 150)
        ph = s.rng.uniform(0, 6)
        left = [(x - 3.6 * (1 - k) + 7 * np.sin(3 * k * h / 60 + ph) * k, h * k) for k in np.linspace(0, 1, 20)]
        right = [(x + 3.6 * (1 - k) + 7 * np.sin(3 * k * h / 60 + ph) * k, h * k) for k in np.linspace(1, 0, 20)]
        s.poly(left + right, base)
        for k in np.linspace(0.15, 0.9, 9):
            cx, cy = x + 7 * np.sin(3 * k * h / 60 + ph) * k, h * k
            d = 1 if int(k * 20) % 2 else -1
            s.poly([(cx, cy), (cx + d * 11 * (1.1 - k), cy + 6), (cx, cy + 4)], base + 8)
    for _ in range(20):
        x, base = s.rng.uniform(0, WIDTH), s.rng.uniform(150, 190)
        for a in np.linspace(0.5, 2.6, 6):
            ln = s.rng.uniform(16, 34)
            s.poly([(x - 2.5, 0), (x + 2.5, 0), (x + np.cos(a) * ln + 2, np.sin(a) * ln), (x + np.cos(a) * ln - 2, np.sin(a) * ln)], base, 200)
            s.ball(x + np.cos(a) * ln, np.sin(a) * ln, 3.2, shade=base + 20, glow=255)
    return s.image(0.5)


def clouds(seed):
    """Cumulus with flat bottoms; shade is the light on them, soft edges."""
    s = Strip(seed)
    for i in range(9):
        x, y = 70 + i * 142 + s.rng.uniform(-30, 30), s.rng.uniform(16, 92)
        w = s.rng.uniform(34, 74)
        blobs = [(s.rng.uniform(-1, 1), s.rng.uniform(0.24, 0.5)) for _ in range(13)]
        balls = [(x + d * w, y + w * 0.16 * (1 - d * d), w * r * (1.15 - 0.6 * abs(d))) for d, r in blobs]
        for shade, dx, dy, k in ((150, 0, 0, 1.0), (196, -0.06, 0.16, 0.9), (228, -0.1, 0.30, 0.76), (250, -0.14, 0.42, 0.58)):
            for bx, by, r in balls:
                s.ball(bx + dx * r, by + dy * r, r * k, r * k * 0.86, shade=shade)
        cut = [(x - w * 1.8, y - w), (x + w * 1.8, y - w), (x + w * 1.8, y - w * 0.14), (x - w * 1.8, y - w * 0.14)]
        s.poly(cut, 150, cover=0)
    return s.image(1.6)


PAINT = {
    "skyline-far": lambda: skyline(11, 0.9, False), "skyline-near": lambda: skyline(12, 0.72, True), "town": lambda: town(13), "pagoda": lambda: pagoda(14),
    "castle": lambda: castle(15), "conifer": lambda: conifer(16), "leafy": lambda: leafy(17), "trunks": lambda: trunks(18), "candy": lambda: candy(19),
    "stands": lambda: stands(20), "reef": lambda: reef(21), "clouds": lambda: clouds(22),
}


def bake():
    """All strips as grey planes, one under the other: uint8 [len(STRIPS) * 3 * HEIGHT, WIDTH]; plane order coverage, shade, light."""
    return np.concatenate([PAINT[name]()[..., c] for name in STRIPS for c in range(3)], 0)


def noise(height=256, width=512):
    """Tileable textures for the graph: [2, height, width] uint8: cloud-like noise, and dots of several sizes (stars, flowers)."""
    rng = np.random.default_rng(3)
    spectrum = np.fft.fft2(rng.normal(size=(height, width)))
    ky, kx = np.fft.fftfreq(height)[:, None] * height, np.fft.fftfreq(width)[None] * width
    k = np.hypot(ky, kx / 2) + 1e-3
    soft = np.fft.ifft2(spectrum * np.exp(-((k / 40) ** 2)) / np.maximum(k, 2.5) ** 1.55).real
    soft = (soft - soft.min()) / (soft.max() - soft.min())
    dots = np.zeros((height, width))
    for _ in range(420):
        x, y, m, r = rng.integers(width), rng.integers(height), rng.uniform(0.25, 1) ** 2, rng.uniform(0.6, 1.5)
        for dy in range(-4, 5):
            for dx in range(-4, 5):
                dots[(y + dy) % height, (x + dx) % width] += m * np.exp(-(dx * dx + dy * dy) / (r * r))
    return (np.stack([soft, dots.clip(0, 1)]) * 255).astype(np.uint8)


if __name__ == "__main__":
    folder = Path(__file__).resolve().parents[3] / "models" / "theatre"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(bake()).save(folder / "scenery.webp", quality=80, method=6)
