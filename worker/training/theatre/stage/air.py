"""What hangs in the air over the whole picture: haze, fog, light shafts, lanterns, stage curtains, vignette."""

from view import View, rgb


def air(v: View, base):
    """Applied to the joined picture [3, h, w]."""
    g = v.g
    far = v.yall - v.hz
    outside = (1.0 - v.room) * (1.0 - v.under) * g.clip((v.hz + 1.4) * 4.0)
    base = g.mix(base, v.low, g.unsqueeze(g.exp(far * far * -210.0) * 0.24 * outside, [0]))
    kinds = (("magic", shafts), ("under", rays), ("lantern", lanterns), ("stage", curtains))
    base = g.first_of([(v.has(name), lambda f=f, b=base: f(v, b)) for name, f in kinds], lambda b=base: b)
    weather = g.max(v.amount("fog"), v.amount("lightning")) > 0.06
    both = lambda b: g.when(v.has("lightning"), lambda: flash(v, fog(v, b)), lambda: fog(v, b))
    base = g.when(weather, lambda b=base: both(b), lambda b=base: b)
    u = v.xs / v.aspect
    strength = 0.10 + 0.26 * v.amount("vignette")
    corner = g.clip(u * u * 0.5 + v.ys * v.ys * 0.42 - 0.22)
    return base * (1.0 - g.unsqueeze(corner * strength, [0]))


def fog(v: View, base):
    """Drifting banks, thickest at the horizon."""
    g, y = v.g, v.yall - v.hz
    a = v.soft_noise(v.x(0.5) * 0.16 + v.t * 0.012, y * 0.35 + 0.2)
    b = v.soft_noise(v.x(0.8) * 0.11 - v.t * 0.009 + 0.5, y * 0.28 + 0.6)
    thick = g.exp(g.abs(y + 0.05) * -1.5) * (0.5 + 0.9 * g.smooth((a + b) * 0.5, 0.34, 0.66))
    return v.paint(base, g.mix(v.low, v.ambient * 0.86, 0.45), g.clip(thick * v.amount("fog") * 0.72))


def shafts(v: View, base):
    """Slanting beams and ground mist in the magic forest."""
    g = v.g
    s = v.xs + v.ys * -0.55 + v.cx * 0.4
    beam = g.smooth(v.soft_noise(s * 0.16 + v.t * 0.006 + v.seed1, s * 0.0 + 0.31), 0.5, 0.8) * g.clip(v.ys * 0.6 + 0.62)
    out = v.add(base, g.mix(v.low, rgb(1.0, 0.97, 0.8), 0.45), beam * 0.32)
    y = v.yall - v.hz
    mist = g.exp((y + 0.08) * (y + 0.08) * -14.0) * (0.3 + 0.6 * v.soft_noise(v.x(0.6) * 0.2 + v.t * 0.014, y * 0.4))
    return v.paint(out, g.mix(v.low, v.accent, 0.16), mist * 0.5)


def rays(v: View, base):
    """Sunbeams under water."""
    g = v.g
    beam = g.smooth(g.sin(v.xs * 5.0 + v.yall * 2.2 + v.t * 0.35) + g.sin(v.xs * 8.3 + v.yall * 2.6 - v.t * 0.28), 0.6, 1.9)
    return v.add(base, rgb(0.8, 1.0, 1.0), beam * g.clip((v.yall + 0.8) * 0.7) * (v.under * 0.2))


def lanterns(v: View, base):
    """Two strings of glowing paper lanterns across the square."""
    g, out = v.g, base
    for k, (follow, per, top, size) in enumerate(((0.55, 2.7, 0.66, 0.052), (0.85, 1.75, 0.84, 0.082))):
        x = v.x(follow) + k * 0.31
        line = top - 0.09 * g.abs(g.sin(x * 1.1 + k)) + v.cy * (0.3 + 0.3 * k)
        cell = g.floor(x * per)
        hang = top - 0.09 * g.abs(g.sin((cell + 0.5) * (1.1 / per) + k)) - size * 1.5 + v.cy * (0.3 + 0.3 * k)
        f = (g.frac(x * per) - 0.5) * (1.0 / per) - 0.012 * g.sin(v.t * 1.6 + cell * 1.9)
        hue = g.mix(v.accent, rgb(1.0, 0.68, 0.22), g.unsqueeze(g.clip((g.hash(cell) - 0.6) * 30.0), [0]))

        def draw(part, y, f=f, hang=hang, line=line, size=size, hue=hue):
            got = v.paint(part, v.mid * 0.3, v.edge(0.006 - g.abs(y - line), 1.2) * 0.8)
            dx, dy = f * (1 / size), (y - hang) * (1.0 / (size * 1.16))
            r2 = dx * dx + dy * dy
            aura = g.exp(r2 * -0.42) * (0.10 + 0.34 * v.dark)
            got = got + g.unsqueeze(aura, [0]) * g.mix(hue, rgb(1.0, 0.72, 0.35), 0.5)
            body = g.clip((1.0 - g.op("Sqrt", r2)) * (v.pixels * size) + 0.5)
            heart = g.exp((dx * dx * 1.6 + dy * dy * 0.8) * -1.4)
            rib = 0.93 + 0.07 * g.sin(dx * 11.0)
            paper = g.mix(hue * 0.88, rgb(1.0, 0.93, 0.62), g.unsqueeze(heart * (0.25 + 0.5 * v.dark), [0])) * g.unsqueeze(rib, [0])
            got = v.paint(got, paper, body)
            cap = v.edge(0.42 * size - g.abs(f)) * v.edge(0.14 * size - g.abs(g.abs(y - hang) - size * 1.16))
            tassel = v.edge(0.10 * size - g.abs(f)) * v.edge(g.min(hang - size * 1.2 - y, y - hang + size * 2.1))
            return v.paint(got, rgb(1.0, 0.80, 0.32), g.clip(cap + tassel))

        y = (v.ys + 0.15) / v.zoom - 0.15
        out = v.rows_between(out, y, top - 0.55, top + 0.25, draw) if k == 0 else v.rows_between(out, y, top - 0.6, top + 0.3, draw)
    return out


def curtains(v: View, base):
    """Proscenium curtains, a valance, and crossing spotlights."""
    g, out = v.g, base
    drop = 1.0 - v.ys
    for x0, speed, gain in ((0.0, 0.7, 0.46), (-0.75, 0.5, 0.26), (0.75, 0.6, 0.26)):
        mid = (x0 + 0.22 * g.sin(v.t * speed + (0.0 if x0 == 0 else 2.0 if x0 < 0 else 4.0))) * drop * 0.62 + x0 * 0.38
        dx = (v.xs - mid) / (0.10 + 0.24 * drop)
        out = v.add(out, g.mix(v.accent, rgb(1.0, 0.88, 0.72), 0.65), g.exp(dx * dx * -1.0) * (gain * 0.62))
    side = g.abs(v.xs) / v.aspect
    swing = 0.006 * g.sin(v.t * 0.8 + v.ys * 2.0)
    edge = 0.79 - 0.06 * g.clip(-v.ys) + swing + 0.05 * g.clip(v.ys)
    fold = 0.56 + 0.30 * g.sin(v.xs * (29.0 / v.aspect) + g.sin(v.ys * 2.0) * 0.6) + 0.10 * g.sin(v.xs * (71.0 / v.aspect))
    cloth = v.accent * g.unsqueeze(fold, [0])
    out = v.paint(out, cloth * 0.25, g.clip((side - edge) * 9.0 + 0.75) * 0.5)
    out = v.paint(out, cloth, g.clip((side - edge) * (v.pixels * v.aspect) + 0.5))
    scallop = 0.80 - 0.055 * g.abs(g.sin(v.xs * (9.0 / v.aspect)))
    vfold = 0.62 + 0.28 * g.sin(v.xs * (54.0 / v.aspect))
    out = v.paint(out, v.accent * 0.12, g.clip((v.ys - scallop + 0.05) * 14.0) * 0.5)
    out = v.paint(out, v.accent * g.unsqueeze(vfold, [0]) * 0.95, g.clip((v.ys - scallop) * v.pixels + 0.5))
    return v.paint(out, rgb(1.0, 0.80, 0.35), v.edge(0.011 - g.abs(v.ys - scallop - 0.012)))


def flash(v: View, base):
    """Lightning: two short flashes every few seconds."""
    g = v.g
    phase = g.frac(v.t * 0.31 + v.seed1 * 0.1) * (1 / 0.31)
    a, b = phase - 0.9, phase - 1.12
    light = g.exp(a * a * -700.0) + 0.7 * g.exp(b * b * -300.0)
    return base + (light * v.amount("lightning") * 0.35) * g.unsqueeze(g.clip(v.yall - v.hz + 0.7), [0]) * rgb(0.85, 0.9, 1.0)
