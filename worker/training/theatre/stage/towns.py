"""Strips of what people built: skylines, a town, pagodas, castles, stands."""

import numpy as np

from strip import WIDTH, Strip


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
