"""The ground, from the horizon to the footlights: grass, water, sand, road, paving, roof, rainbow, moon dust."""

from land import sign_hue
from view import View, rgb


def ground(v: View):
    """The lower band outdoors, [3, lower, w]."""
    g = v.g
    depth = g.pow(v.depth + 0.001, 0.65)
    col = g.mix(v.far_col, v.near_col, g.unsqueeze(depth, [0]))
    n = v.soft_noise(v.xg * v.near * 0.17 + v.seed1 * 0.1, v.near * 0.38 + v.seed2 * 0.1)
    grain = v.amount("grain")
    out = col * (1.0 + g.unsqueeze((n - 0.5) * (0.24 + 0.3 * grain), [0]))
    out = g.when(grain > 0.55, lambda: meadow(v, out), lambda: out)
    kinds = (("water", water), ("shore", shore), ("rows", rows), ("roof", roof), ("stadium", pitch), ("stripe", stripe), ("under", seabed), ("candy", sprinkles), ("lava", cracks))
    out = g.first_of([(v.has(name), lambda f=f, b=out: f(v, b, n)) for name, f in kinds], lambda b=out: b)
    out = g.when(v.has("paving"), lambda b=out: paving(v, b, n), lambda b=out: b)
    out = g.when(v.has("road"), lambda b=out: road(v, b, n), lambda b=out: b)
    out = g.when((v.amount("hill-height") * (1.0 - v.amount("trees")) * (1.0 - grain) * (1.0 - v.amount("snowcap")) > 0.05), lambda b=out: dunes(v, b, n), lambda b=out: b)
    airless = v.stars * (1.0 - g.clip(v.amount("clouds") * 30.0)) * (1.0 - v.under)
    out = g.when(airless > 0.9, lambda b=out: craters(v, b), lambda b=out: b)
    out = g.when(v.has("neon"), lambda b=out: wet(v, b), lambda b=out: b)
    lamp = g.mix(rgb(1.0, 0.93, 0.72), rgb(0.8, 0.86, 1.0), v.stars)
    spread = (v.xg - v.raw("sun-x")) * (1.0 / (0.35 + 0.9 * v.depth))
    out = v.add(out, lamp, g.exp(spread * spread * -1.0) * g.exp(v.depth * -2.6) * (v.glow * 0.16) * (1.0 - v.under))
    return out


def meadow(v: View, base):
    """Tufts and flowers."""
    g = v.g
    tuft = v.soft_noise(v.xg * v.near * 1.4, v.near * 2.6)
    out = base * (1.0 + g.unsqueeze((tuft - 0.5) * 0.34 * g.clip(v.depth * 3.0), [0]))
    petals = v.dots(v.xg * v.near * 0.22, v.near * 0.5) * g.clip(v.depth * 4.0 - 0.2)
    tint = g.mix(rgb(1.0, 0.96, 0.8), v.accent, g.unsqueeze(g.smooth(tuft, 0.42, 0.56), [0])) * v.ambient
    return v.paint(out, tint, g.clip(petals * 1.3) * 0.62 * (v.amount("grain") - 0.3))


def ripples(v: View):
    """Crests of moving water 0..1."""
    g = v.g
    a = v.soft_noise(v.xg * v.near * 0.12 + v.t * 0.015, v.near * 1.3 - v.t * 0.06)
    b = v.soft_noise(v.xg * v.near * 0.2 - v.t * 0.02 + 0.37, v.near * 2.2 - v.t * 0.09)
    return g.smooth(a + b, 0.98, 1.2)


def glitter(v: View):
    """The sun's path on water."""
    g = v.g
    dx = (v.xg - v.raw("sun-x")) * (1.0 / (0.1 + 0.45 * v.depth))
    return g.exp(dx * dx * -1.0) * v.glow


def water(v: View, base, n):
    """Open water with crests, sky in it, and the sun's path."""
    g = v.g
    crest, sun = ripples(v), glitter(v)
    sky = g.unsqueeze(g.exp(v.depth * -3.2) * 0.42, [0])
    out = g.mix(base, g.mix(v.low, v.top, 0.35), sky)
    return out + g.unsqueeze(crest * 0.2 + sun * (0.16 + 0.75 * crest), [0]) * g.mix(g.mix(rgb(1.0, 0.93, 0.72), rgb(0.9, 0.93, 1.0), v.stars), v.low, 0.3)


def shore(v: View, base, n):
    """Sea behind, foam, wet sand."""
    g = v.g
    line = 0.30 + 0.02 * g.sin(v.xg * 3.0 + v.t * 0.9) + 0.012 * g.sin(v.xg * 7.0 - v.t * 0.7)
    sea = g.mix(rgb(0.16, 0.60, 0.82), rgb(0.5, 0.9, 0.88), g.unsqueeze(g.clip(v.depth * 3.0), [0])) * v.ambient
    sea = g.mix(sea, g.mix(v.mid, v.low, 0.3), 0.25)
    sea = sea + g.unsqueeze(ripples(v) * 0.16 + glitter(v) * 0.4 * g.clip(1.0 - v.depth * 2.2), [0])
    wet = g.clip((v.depth - line) * -9.0 + 1.0) * g.clip((v.depth - line) * 60.0)
    out = base * (1.0 - g.unsqueeze(wet * 0.2, [0]))
    out = v.paint(out, sea, g.clip((line - v.depth) * 90.0 + 0.5))
    d = v.depth - line
    foam = g.exp(d * d * -2600.0) + g.exp((d + 0.06) * (d + 0.06) * -5200.0) * 0.5
    return v.paint(out, v.ambient * 1.0, g.clip(foam) * (0.5 + 0.5 * g.smooth(n, 0.3, 0.5)))


def dunes(v: View, base, n):
    """Wind ripples in sand or dust, long soft crests."""
    g = v.g
    wave = g.sin(v.near * 17.0 + v.xg * v.near * 1.3 + (n - 0.5) * 9.0)
    long = v.soft_noise(v.xg * 0.16 + v.seed2, v.near * 0.12)
    return base * (1.0 + g.unsqueeze(wave * 0.04 * g.clip(v.depth * 5.0) + (long - 0.5) * 0.42, [0]))


def craters(v: View, base):
    """Craters in dust, lit from the side; two sizes."""
    g, out = v.g, base
    for scale, seed in ((1.0, 0.0), (2.3, 7.0)):
        px, py = v.xg * v.near * (0.42 * scale), v.near * (0.95 * scale)
        row = g.floor(py)
        shift = px + g.hash(row + seed) * 3.0
        cell = g.floor(shift)
        kind = g.frac(g.sin(cell * 12.9898 + row * 78.233 + seed) * 437.585)
        dx, dy = shift - cell - 0.5, (py - row - 0.5) * 1.15
        r = g.op("Sqrt", dx * dx + dy * dy) * (1.0 / 0.36)
        inside = g.clip((1.0 - r) * 7.0)
        rim = g.exp((r - 1.06) * (r - 1.06) * -34.0)
        there = g.clip((kind - 0.42) * 30.0) * g.clip(v.depth * 9.0 - 0.2)
        side = dx * (-2.0 * 1.0) * g.op("Sign", v.raw("sun-x"))
        shade = inside * (side * 0.9 - 0.16) + rim * (0.13 - side * 0.4)
        out = out * (1.0 + g.unsqueeze(shade * there, [0]))
    return out


def rows(v: View, base, n):
    """Crop rows running to the vanishing point, and a fence before them."""
    g = v.g
    furrow = g.sin(v.xg * v.near * 9.0)
    field = g.clip((v.depth - 0.03) * 60.0) * g.clip((0.30 - v.depth) * 60.0)
    crop = g.mix(v.mid, v.far_col, g.unsqueeze(g.clip(furrow * 0.8 + 0.5), [0]))
    out = v.paint(base, crop, field * 0.75)
    up = v.yl - (v.hz - 0.36)
    post = v.edge(0.016 - g.abs((g.frac(v.xg * 1.9) - 0.5) * (1 / 1.9))) * v.edge(0.17 - up) * v.edge(up)
    rail = (v.edge(0.012 - g.abs(up - 0.06)) + v.edge(0.012 - g.abs(up - 0.12)))
    return v.paint(out, v.ambient * rgb(0.96, 0.92, 0.85), g.clip(post + rail))


def paving(v: View, base, n):
    """Stone slabs in perspective."""
    g = v.g
    a = v.near * 5.2
    row = g.floor(a)
    x = v.xg * v.near * 1.25 + g.frac(row * 0.5)
    cell = g.floor(x)
    joint = g.min(g.min(g.frac(x), 1.0 - g.frac(x)) * (1.0 / v.near) * 3.2, g.min(g.frac(a), 1.0 - g.frac(a)) * (1.0 / v.near))
    tone = g.frac(cell * 0.37 + row * 0.61) * 0.13
    out = base * (0.95 + g.unsqueeze(tone, [0]))
    return out * (1.0 - g.unsqueeze(g.clip(1.0 - joint * 9.0) * 0.24 * v.amount("paving") * g.clip(v.depth * 6.0), [0]))


def roof(v: View, base, n):
    """A flat roof: parapet along its far edge, slabs, puddles of sky."""
    g = v.g
    out = paving(v, base, n)
    puddle = g.smooth(v.soft_noise(v.xg * v.near * 0.09 + 0.2, v.near * 0.21 + v.seed1), 0.60, 0.66) * g.clip(v.depth * 3.0 - 0.5)
    out = v.paint(out, g.mix(v.low, v.top, 0.4), puddle * 0.45)
    wall = g.mix(v.far_col, v.low, 0.12)
    body = v.edge(v.depth) * v.edge(0.115 - v.depth, 1.2)
    out = v.paint(out, wall * 0.74 * (1.0 + g.unsqueeze((n - 0.5) * 0.12, [0])), body + v.xg * 0.0)
    return v.paint(out, wall * 1.1, v.edge(0.028 - v.depth) + v.xg * 0.0)


def pitch(v: View, base, n):
    """Mown stripes and a white line."""
    g = v.g
    band = g.op("Sign", g.sin(v.xg * v.near * 2.6))
    out = base * (1.0 + g.unsqueeze(band * 0.055, [0]))
    line = v.edge(0.014 - g.abs(v.depth - 0.16) * 0.9) + v.xg * 0.0
    return v.paint(out, v.ambient * 0.98, line * 0.85)


def road(v: View, base, n):
    """Tarmac across the stage with lane marks and kerbs."""
    g = v.g
    mid = -0.66
    off = v.yl - mid
    mask = v.edge(0.29 - g.abs(off)) * v.amount("road")
    tar = g.mix(rgb(0.34, 0.35, 0.41), v.near_col, 0.3) * v.ambient * (0.9 + g.unsqueeze((n - 0.5) * 0.2, [0]))
    tar = tar * (1.0 - 0.14 * g.unsqueeze(g.exp((g.abs(off) - 0.14) * (g.abs(off) - 0.14) * -260.0), [0]))
    dash = g.clip((0.27 - g.abs(g.frac(v.xg * 0.9) - 0.5)) * 60.0) * v.edge(0.012 - g.abs(off))
    kerb = v.edge(0.022 - g.abs(g.abs(off) - 0.275))
    tar = v.paint(tar, v.ambient * 0.94, g.clip(dash * 0.85))
    tar = v.paint(tar, g.mix(v.far_col, v.ambient * 0.9, 0.55), kerb + v.xg * 0.0)
    return g.mix(base, tar, g.unsqueeze(mask, [0]))


def stripe(v: View, base, n):
    """A rainbow to walk on."""
    g = v.g
    band = (v.yl + 0.98 + 0.05 * g.sin(v.xg * 1.1 + 0.4)) * 1.45
    hue = g.cat([g.unsqueeze(g.clip(0.62 + 0.42 * g.cos(band * 5.0 + o)), [0]) for o in (3.6, 1.4, -0.9)], 0)
    shine = 1.0 + 0.1 * g.exp((g.frac(band * 7.0) - 0.35) * (g.frac(band * 7.0) - 0.35) * -22.0)
    inside = g.clip((band - 0.0) * 26.0) * g.clip((1.0 - band) * 26.0)
    mist = g.mix(v.low, rgb(1.0, 1.0, 1.0), 0.5) * v.ambient
    soft = g.mix(base, mist, g.unsqueeze(g.smooth(n, 0.4, 0.62) * 0.5, [0]))
    sparkle = v.dots(v.xg * 0.5 + v.t * 0.01, v.yl * 0.9) * (0.5 + 0.5 * g.sin(v.t * 4.0 + v.xg * 21.0))
    out = v.paint(soft, hue * v.ambient * g.unsqueeze(shine, [0]) * 1.0, inside * 0.92)
    return v.add(out, rgb(1.0, 1.0, 0.95), sparkle * 0.6)


def seabed(v: View, base, n):
    """Light dancing on the sand."""
    g = v.g
    a = v.soft_noise(v.xg * v.near * 0.25 + v.t * 0.03, v.near * 0.8 + v.t * 0.02)
    b = v.soft_noise(v.xg * v.near * 0.31 - v.t * 0.025 + 0.5, v.near * 0.9 - v.t * 0.02)
    net = g.smooth(1.0 - g.abs(a - b) * 5.0, 0.55, 1.0)
    return v.add(base, rgb(0.8, 1.0, 1.0), net * (v.under * 0.22) * g.clip(v.depth * 4.0 + 0.2))


def sprinkles(v: View, base, n):
    """Hundreds and thousands."""
    g = v.g
    d = v.dots(v.xg * v.near * 0.22, v.near * 0.5)
    tint = g.mix(v.accent, rgb(0.45, 0.85, 1.0), g.unsqueeze(g.smooth(n, 0.45, 0.55), [0]))
    return v.paint(base, tint * v.ambient, g.clip(d * 1.6) * g.clip(v.depth * 4.0))


def cracks(v: View, base, n):
    """Glowing cracks in dark rock."""
    g = v.g
    a = v.soft_noise(v.xg * v.near * 0.3, v.near * 0.7)
    net = g.smooth(1.0 - g.abs(a - 0.5) * 9.0, 0.72, 1.0) * g.clip(v.depth * 4.0)
    return v.add(base, rgb(1.0, 0.36, 0.06), net * (0.42 + 0.16 * g.sin(v.t * 2.0 + v.xg * 2.0)))


def wet(v: View, base):
    """Neon reflected in a wet street: long streaks under the signs, broken by ripples."""
    g, out = v.g, base
    shimmer = v.soft_noise(v.xg * 0.9, v.near * 1.6 + v.t * 0.02)
    for follow, per, seed, gain in ((0.30, 1.9, v.seed1, 0.62), (0.18, 3.1, v.seed2, 0.4)):
        x = (v.x(follow) + (shimmer - 0.5) * 0.10) * per
        cell = g.floor(x)
        f = (x - cell - 0.2 - 0.6 * g.hash(cell + seed)) * (1.0 / per)
        on = g.clip((g.hash(cell * 1.7 + seed) - 0.3) * 9.0)
        streak = g.exp(f * f * -420.0) * on * (0.35 + 0.9 * g.smooth(shimmer, 0.32, 0.7)) * g.clip(1.25 - v.depth * 0.9)
        pick = g.hash(cell + seed)
        warm, cold, gold = (g.unsqueeze(g.smooth(pick, a, a + 0.04), [0]) for a in (0.42, 0.70, 0.87))
        hue = g.mix(g.mix(g.mix(v.accent, rgb(0.16, 0.92, 1.0), warm), rgb(1.0, 0.2, 0.62), cold), rgb(1.0, 0.78, 0.25), gold)
        out = out + g.unsqueeze(streak * gain, [0]) * hue
    return out
