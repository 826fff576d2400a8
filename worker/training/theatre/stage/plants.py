"""Strips of what grows: trees, sweets, a reef."""

import numpy as np

from strip import HEIGHT, WIDTH, Strip


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
