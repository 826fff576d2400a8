"""Everything above the horizon that is air: gradient, sun and moon, stars, planet, aurora, rainbow, clouds."""

from view import View, rgb


def sky(v: View):
    """The open sky, [3, upper, w]."""
    g, y = v.g, v.yu
    t = g.clip((y - v.hz) / (1.2 - v.hz))
    band = g.pow(t + 1e-4, 0.75)
    dusk = g.clip((v.glow - 0.72) * 3.5)
    grad = g.mix(v.low, v.top, g.unsqueeze(band, [0]))
    blush = g.exp((t - 0.34) * (t - 0.34) * -26.0) * dusk * 0.34
    grad = g.mix(grad, rgb(0.98, 0.42, 0.45), g.unsqueeze(blush, [0]))
    x = v.xs / (v.zoom * 0.25 + 0.75) + v.cx * 0.04
    dx, dy = x - v.raw("sun-x"), y - v.raw("sun-y")
    r2 = dx * dx + dy * dy
    outside = (1.0 - v.under)
    radius = v.raw("sun-size") * 0.25
    halo = g.exp(r2 * -2.2) * (v.glow * 0.38) + g.exp(r2 * -14.0) * (v.glow * 0.35 + 0.09)
    lamp = g.mix(rgb(1.0, 0.93, 0.72), rgb(0.97, 0.96, 0.9), v.stars)
    out = grad + g.unsqueeze(halo * outside, [0]) * (lamp - grad * 0.35)
    out = g.when(v.stars > 0.04, lambda: stars(v, out, x, y), lambda: out)
    out = g.when(v.hz < -1.2, lambda: nebula(v, out, x, y), lambda: out)
    out = g.when(v.has("aurora"), lambda: aurora(v, out, y), lambda: out)

    reach = radius + 0.05
    out = v.rows_between(out, y, v.raw("sun-y") - reach, v.raw("sun-y") + reach, lambda part, yy: disc_rows(v, part, yy, x, radius, lamp, outside))
    out = g.when(v.has("planet"), lambda: planet(v, out, y), lambda: out)
    out = g.when(v.has("arc"), lambda: arc(v, out, y), lambda: out)
    return g.when(v.amount("clouds") > 0.05, lambda: clouds(v, out, y), lambda: out)


def disc_rows(v: View, part, y, x, radius, lamp, outside):
    """The sun, or a moon with seas, into the rows it touches."""
    g = v.g
    dx, dy = x - v.raw("sun-x"), y - v.raw("sun-y")
    mask = v.edge(radius - g.op("Sqrt", dx * dx + dy * dy), 1.6) * outside
    seas = g.smooth(v.soft_noise(dx * 0.9 + 0.3, dy * 0.9 + 0.2), 0.42, 0.66) * v.stars
    return v.paint(part, g.mix(lamp, lamp * 0.84, g.unsqueeze(seas, [0])), mask)


def stars(v: View, base, x, y):
    """Twinkling stars."""
    g = v.g
    twinkle = 0.72 + 0.28 * g.sin(v.t * 2.3 + v.xs * 31.0)
    mask = v.dots(x * 0.28 + v.t * 0.0015, y * 0.5) * twinkle
    return base + g.unsqueeze(mask * (g.clip((y - v.hz) * 3.0) * v.stars), [0])


def nebula(v: View, base, x, y):
    """Coloured gas in space."""
    g = v.g
    n = v.soft_noise(x * 0.13 + v.seed1 * 0.1 + v.t * 0.003, y * 0.2 + v.seed2 * 0.1)
    out = v.add(base, g.mix(rgb(0.62, 0.22, 0.66), v.accent, 0.35) * 0.62, g.smooth(n, 0.46, 0.9))
    return v.add(out, rgb(0.06, 0.24, 0.48), g.smooth(1.0 - n, 0.55, 0.95))


def aurora(v: View, base, y):
    """Curtains of northern light."""
    g, x, out = v.g, v.xz + v.cx * 0.08, base
    ray = v.soft_noise(x * 0.9 + v.t * 0.012 + v.seed1, y * 0.02 + 0.3)
    for k, (height, speed, colour) in enumerate(((0.42, 0.24, rgb(0.2, 0.95, 0.55)), (0.62, -0.18, rgb(0.45, 0.35, 0.95)))):
        foot = height + 0.1 * g.sin(x * 1.5 + v.seed1 + v.t * speed) + 0.05 * g.sin(x * 3.7 + v.t * 0.3 + k)
        d = y - foot
        veil = g.clip(d * 14.0) * g.exp(g.max(d, g.const(0.0)) * -4.2)
        out = v.add(out, colour, veil * (g.smooth(ray, 0.3, 0.75) * 0.75 + 0.25) * (v.amount("aurora") * 0.5))
    return out


def planet(v: View, base, y):
    """A ringed giant, lit from the sun's side."""
    g = v.g
    x = v.xz + v.cx * 0.05 + g.op("Sign", v.raw("sun-x")) * 0.62
    dy = y - 0.46
    r2 = x * x + dy * dy
    mask = v.edge(0.3 - g.op("Sqrt", r2), 1.4)
    bands = v.soft_noise(x * 0.05 + v.seed2, dy * 0.9 + x * 0.16)
    shade = g.clip(0.72 + x * g.op("Sign", v.raw("sun-x")) * 2.1 + dy * 0.9, 0.12, 1.05)
    col = g.mix(v.hill * 1.4, v.accent, g.unsqueeze(g.smooth(bands, 0.35, 0.7), [0])) * g.unsqueeze(shade, [0])
    tilt = (dy + x * 0.22) * 4.4
    ring = g.op("Sqrt", x * x + tilt * tilt)
    belt = v.edge(ring - 0.40, 3.0) * v.edge(0.58 - ring, 3.0) * (0.5 + 0.35 * g.sin(ring * 120.0))
    behind = g.clip(dy + x * 0.22 + 0.0, -0.001, 0.001) * 500.0 + 0.5
    ring_col = g.mix(v.accent, rgb(1.0, 0.95, 0.85), 0.5)
    out = v.paint(base, ring_col, belt * behind * 0.7)
    out = v.paint(out, col, mask)
    return v.paint(out, ring_col, belt * (1.0 - behind) * 0.8)


def arc(v: View, base, y):
    """A rainbow."""
    g = v.g
    x, dy = v.xz + v.cx * 0.06 - 0.25, y - v.hz + 0.25
    band = (g.op("Sqrt", x * x + dy * dy) - 1.0) * (1 / 0.2)
    hue = g.cat([g.unsqueeze(g.clip(0.55 + 0.5 * g.cos(band * 4.9 + o)), [0]) for o in (1.5, -0.6, 3.9)], 0)
    fade = g.clip(g.min(band, 1.0 - band) * 5.0) * g.clip(dy * 2.2) * (v.amount("arc") * 0.5)
    return v.paint(base, hue, fade)


def clouds(v: View, base, y):
    """Two rows of cumulus; an overcast veil when the amount is high."""
    g, amount = v.g, v.amount("clouds")
    shadow = g.mix(v.low, v.top, 0.42) * 0.93
    bright = g.mix(g.mix(rgb(1.0, 1.0, 1.0), v.low, 0.18 + 0.3 * v.glow * v.dark) * v.ambient, v.low, g.clip(v.stars * 0.72))

    def puff(picture, follow, bottom, height, offset, speed, opacity):
        x = v.x(follow) + v.t * speed

        def draw(part, yy):
            cover, shade, _ = v.strip("clouds", x, yy, bottom, height, offset)
            col = g.mix(shadow, bright, g.smooth(shade, 0.45, 0.95))
            return v.paint(part, col, cover * opacity)

        return v.rows_between(picture, y, bottom, bottom + height, draw)

    out = puff(base, 0.1, v.hz + 0.06, 0.42, v.seed2 * 0.07, 0.008, g.clip(amount * 1.6) * 0.6)
    out = puff(out, 0.16, v.hz + 0.36, 0.78, v.seed1 * 0.07, 0.016, g.clip(amount * 1.6 - 0.1) * 0.9)

    def veil():
        n = v.soft_noise(v.x(0.12) * 0.19 + v.t * 0.01 + v.seed1, (y - v.hz) * 0.5)
        n2 = g.clip(g.smooth(n, 0.3, 0.75) * 0.9 + 0.1)
        return v.paint(out, g.mix(shadow * 0.9, bright, g.unsqueeze(n2, [0])), (n2 * 0.35 + 0.3) * g.clip((y - v.hz) * 2.2) * g.clip((amount - 0.9) * 12.0))

    return g.when(amount > 0.92, veil, lambda: out)
