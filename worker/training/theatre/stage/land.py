"""What stands between the horizon and the stage: hills, volcano, castle, towers, houses, stands, trees, lamps."""

from view import View, rgb


def hill_line(v: View, x, seed, f, rugged):
    """Height profile of a range of hills, about 0..1, over x [1, w]: rolling mixed with alpine."""
    g = v.g
    rolling = g.sin(x * f + seed) * 0.5 + g.sin(x * (f * 2.13) + seed * 1.7) * 0.27 + g.sin(x * (f * 4.7) + seed * 2.3) * 0.11 + 0.45
    peaks = 1.25 - g.abs(g.sin(x * (f * 0.8) + seed)) * 0.85 - g.abs(g.sin(x * (f * 1.9) + seed * 1.3)) * 0.42
    peaks = peaks - g.abs(g.sin(x * (f * 4.9) + seed * 2.0)) * 0.13 - g.abs(g.sin(x * (f * 11.0) + seed * 2.0)) * 0.05
    return g.mix(rolling, peaks, rugged)


def hills(v: View, base):
    """Two ranges with haze between them, shaded, snow on the peaks."""
    g, height, rugged, out = v.g, v.amount("hill-height"), v.amount("hill-rugged"), base
    for k, (follow, seed, f, scale, haze) in enumerate(((0.10, v.seed2 + 2.0, 0.8, 0.5, 0.62), (0.16, v.seed1, 1.1, 0.38, 0.36))):
        x = v.x(follow)
        top = v.hz + height * (0.10 + scale * hill_line(v, x, seed, f, rugged))

        def draw(part, y, x=x, top=top, haze=haze, k=k):
            tex = v.soft_noise(x * 0.5 + k * 0.3, y * 1.1)
            col = g.mix(v.hill, v.low, g.unsqueeze(g.clip(haze + 0.12 - (y - v.hz) * 0.55), [0]))
            ridge = v.soft_noise(x * 1.3 + y * 0.55, y * 0.42 + x * 0.25 + k * 0.4)
            col = col * (1.0 + g.unsqueeze(((tex - 0.5) * 0.22 + (ridge - 0.5) * 0.5 * rugged), [0]))
            snow = g.clip((y - top + height * (0.10 + 0.16 * tex)) * v.pixels * 0.25 + 0.5) * v.amount("snowcap") * rugged
            col = g.mix(col, g.mix(v.ambient * 0.97, v.low, haze * 0.6), g.unsqueeze(snow * (0.55 + 0.45 * g.smooth(ridge, 0.35, 0.62)), [0]))
            return v.paint(part, col, v.edge(top - y, 1.3))

        out = v.rows_between(out, v.yu, v.hz - 0.05, v.hz + height * (0.14 + scale * 1.32) + 0.02, draw)
    return out


def volcano(v: View, base):
    """A cone with a burning crater, streams of lava and smoke."""
    g = v.g
    x = v.x(0.14) - v.seed1 * 0.08
    top = v.hz + g.min(0.98 * g.exp(g.abs(x) * -1.75), g.const(0.72) + 0.02 * g.sin(x * 40.0))
    pulse = 0.85 + 0.15 * g.sin(v.t * 3.1) * g.sin(v.t * 1.3)

    def draw(part, y):
        n = v.soft_noise(x * 0.6, y * 0.5)
        up = y - v.hz
        col = g.mix(v.hill * 0.62, v.low, g.unsqueeze(g.clip(0.34 - up * 0.5), [0])) * (0.8 + 0.45 * g.unsqueeze(n, [0]))
        out = v.add(part, rgb(1.0, 0.42, 0.12), g.exp((x * x * 3.0 + (up - 0.76) * (up - 0.76) * 5.0) * -2.0) * (0.85 * pulse))
        smoke = v.soft_noise(x * 0.32 + v.t * 0.01, up * 0.4 - v.t * 0.05)
        plume = g.smooth(smoke, 0.36, 0.62) * g.clip((up - 0.66) * 6.0) * g.exp((x - (up - 0.7) * 0.5) * (x - (up - 0.7) * 0.5) * -1.0 / (0.02 + 0.25 * g.max(up - 0.62, g.const(0.01))))
        out = v.paint(out, g.mix(v.hill * 0.7, rgb(1.0, 0.45, 0.2), g.unsqueeze(g.exp(g.abs(up - 0.7) * -7.0), [0])), plume * 0.85)
        out = v.paint(out, col, v.edge(top - y, 1.2))
        wob = x + 0.05 * g.sin(up * 13.0 + v.seed2)
        stream = g.exp((g.abs(wob) - 0.10 * (0.85 - up)) * (g.abs(wob) - 0.10 * (0.85 - up)) * -2600.0) + g.exp((wob - 0.32 * (0.74 - up)) * (wob - 0.32 * (0.74 - up)) * -3800.0)
        heat = stream * g.clip((0.74 - up) * 30.0) * v.edge(top - y) * (0.55 + 0.6 * v.soft_noise(x * 0.5, up * 0.8 + v.t * 0.05))
        return v.paint(v.add(out, rgb(0.9, 0.22, 0.05), heat * 0.5), g.mix(rgb(1.0, 0.35, 0.08), rgb(1.0, 0.85, 0.35), g.unsqueeze(g.clip(heat), [0])), g.clip(heat * pulse))

    return v.rows_between(base, v.yu, v.hz - 0.05, v.hz + 1.6, draw)


def castle(v: View, base):
    """An old castle on a far hill."""
    g = v.g
    x = v.x(0.15) - v.seed1 * 0.1
    top = v.hz + 0.05 + 0.16 * g.exp(x * x * -0.9)

    def mound(part, y):
        col = g.mix(v.mid, v.low, g.unsqueeze(g.clip(0.5 - (y - v.hz) * 0.9), [0]))
        return v.paint(part, col, v.edge(top - y, 1.3))

    wall = g.mix(v.hill, rgb(0.93, 0.88, 0.84), 0.5) * v.ambient
    out = v.stand(base, v.yu, "castle", 0.15, v.hz + 0.12, 0.74, 0.258 - v.seed1 * -0.0 - 0.0, wall, 0.22, v.lit, rgb(1.0, 0.82, 0.45), drift=v.seed1 * -0.1)
    return v.rows_between(out, v.yu, v.hz - 0.05, v.hz + 0.24, mound)


def skyline(v: View, base):
    """Two rows of towers; lower and below the edge when seen from a roof."""
    g = v.g
    roof = v.flag("roof")
    tall = 1.02 - 0.34 * roof
    lamp = g.mix(rgb(1.0, 0.86, 0.52), v.accent, v.amount("neon") * 0.35)
    out = v.stand(base, v.yu, "skyline-far", 0.18, v.hz - 0.02 - 0.08 * roof, tall, v.seed1 * 0.13, v.hill, 0.42, v.lit * 0.8, lamp)
    out = g.when(v.has("neon"), lambda: signs(v, out, 0.18, 3.1, 0.62, v.seed2, 0.6), lambda: out)
    near = g.mix(v.mid, v.hill, 0.15)
    out = v.stand(out, v.yu, "skyline-near", 0.30, v.hz - 0.02 - 0.16 * roof, tall * 0.78, v.seed2 * 0.11, near, 0.16, v.lit, lamp)
    return g.when(v.has("neon"), lambda: signs(v, out, 0.30, 1.9, 0.42, v.seed1, 1.0), lambda: out)


def sign_hue(v: View, cell, seed):
    """A neon hue per cell: the accent, cyan, magenta, amber or green, [3, 1, w]."""
    g = v.g
    pick = g.hash(cell + seed)
    warm = g.unsqueeze(g.smooth(pick, 0.42, 0.46), [0])
    cold = g.unsqueeze(g.smooth(pick, 0.70, 0.74), [0])
    gold = g.unsqueeze(g.smooth(pick, 0.87, 0.9), [0])
    hue = g.mix(v.accent, rgb(0.16, 0.92, 1.0), warm)
    return g.mix(g.mix(hue, rgb(1.0, 0.2, 0.62), cold), rgb(1.0, 0.78, 0.25), gold)


def signs(v: View, base, follow, per, high, seed, strength):
    """Upright neon signs on the towers, flickering, with glow."""
    g = v.g
    x = v.x(follow) * per
    cell = g.floor(x)
    f = (x - cell - 0.2 - 0.6 * g.hash(cell + seed)) * (1.0 / per)
    on = g.clip((g.hash(cell * 1.7 + seed) - 0.3) * 9.0) * (0.86 + 0.14 * g.op("Sign", g.sin(v.t * 9.0 + cell * 5.0) + 0.86))
    mid = v.hz + high * (0.3 + 0.62 * g.hash(cell * 2.3 + seed))
    half = 0.07 + 0.09 * g.hash(cell * 3.1 + seed)
    hue = sign_hue(v, cell, seed)

    def draw(part, y):
        dy = g.abs(y - mid) - half
        dx = g.abs(f)
        core = v.edge(g.min(0.02 - dx, dy * -1.0), 1.4) * on
        bars = 0.62 + 0.38 * g.clip(g.sin((y - mid) * 90.0) * 3.0 + 0.6)
        d = g.max(dy, g.const(0.0))
        aura = g.exp((dx * dx + d * d) * -90.0) * on
        out = part + g.unsqueeze(aura, [0]) * (hue * (0.42 * strength))
        return v.paint(out, g.mix(hue, rgb(1.0, 1.0, 1.0), g.unsqueeze(bars * 0.45, [0])), core * (0.9 * strength))

    return v.rows_between(base, v.yu, v.hz, v.hz + high + 0.4, draw)


def town(v: View, base):
    """A row of gabled houses."""
    return v.stand(base, v.yu, "town", 0.36, v.hz - 0.01, 0.92, v.seed1 * 0.1, v.mid, 0.10, v.lit * 0.95, rgb(1.0, 0.85, 0.5))


def pagoda(v: View, base):
    """Temple roofs in two rows, windows lit."""
    g = v.g
    lamp = rgb(1.0, 0.80, 0.42)
    warm = 0.25 + 0.75 * v.dark
    out = v.stand(base, v.yu, "pagoda", 0.22, v.hz, 0.52, v.seed2 * 0.1, v.hill, 0.42, warm * 0.8, lamp)
    return v.stand(out, v.yu, "pagoda", 0.38, v.hz - 0.01, 0.86, v.seed1 * 0.1, v.mid, 0.08, warm, lamp)


def trees(v: View, base):
    """Two rows of trees, conifers or round crowns; huge trunks in the magic forest."""
    g, amount, leafy = v.g, v.amount("trees"), v.amount("leafy")
    white = v.amount("snowcap") * (1.0 - leafy)
    far, near = g.mix(v.mid, v.hill, 0.35), g.mix(v.mid, v.ambient * 0.96, white * 0.25)

    def wood(name):
        out = g.when(amount > 0.8, lambda: v.stand(base, v.yu, name, 0.2, v.hz - 0.01, 0.46, v.seed1 * 0.21 + 0.4, v.hill, 0.42), lambda: base)
        out = v.stand(out, v.yu, name, 0.28, v.hz - 0.012, 0.2 + 0.3 * amount, v.seed2 * 0.17, far, 0.30)
        deep = g.clip(amount * 4.0 - 3.2)
        return v.stand(out, v.yu, name, 0.42, v.hz - 0.016, 0.26 + 0.46 * amount + 0.24 * deep, v.seed1 * 0.13, near, 0.08, opacity=g.clip(amount * 4.0 - 0.6))

    def magic():
        glow = 0.8 + 0.2 * g.sin(v.t * 1.7)
        lamp = g.mix(v.accent, rgb(0.75, 1.0, 0.95), 0.3)
        out = v.stand(base, v.yu, "leafy", 0.2, v.hz - 0.01, 0.62, v.seed2 * 0.1, v.hill, 0.4)
        out = v.stand(out, v.yu, "trunks", 0.30, v.hz - 0.01, 0.95, v.seed2 * 0.17, g.mix(v.mid, v.hill, 0.4), 0.26, glow * 0.8, lamp)
        return v.stand(out, v.yu, "trunks", 0.46, v.hz - 0.02, 1.55, v.seed1 * 0.13, v.mid, 0.04, glow, lamp)

    plain = lambda: g.when(leafy > 0.5, lambda: wood("leafy"), lambda: wood("conifer"))
    return g.when(v.has("magic"), magic, plain)


def stands(v: View, base):
    """The stadium's stands: a crowd that waves."""
    g = v.g
    seats = g.mix(g.mix(v.mid, v.ambient, 0.25), g.mix(v.accent, rgb(0.3, 0.5, 0.95), 0.6), g.unsqueeze(g.smooth(g.sin(v.x(0.3) * 5.0 + v.seed2), -0.4, 0.4), [0]) * 0.45)
    return v.stand(base, v.yu, "stands", 0.3, v.hz - 0.015 + 0.004 * g.sin(v.t * 5.0), 0.98, v.seed1 * 0.1, seats, 0.08, 0.85, g.mix(v.accent, rgb(1.0, 1.0, 0.95), 0.25))


def candy(v: View, base):
    """Ice-cream hills and lollipops."""
    cream = v.g.mix(v.mid, rgb(1.0, 0.93, 0.95), 0.3)
    out = v.stand(base, v.yu, "candy", 0.24, v.hz - 0.01, 0.5, v.seed2 * 0.1, v.hill, 0.35, 0.7, v.accent)
    return v.stand(out, v.yu, "candy", 0.4, v.hz - 0.015, 0.8, v.seed1 * 0.1, cream, 0.05, 1.0, v.accent)


def reef(v: View, base):
    """Rocks, kelp and coral in three depths."""
    g = v.g
    blue = g.mix(v.top, v.low, 0.5)
    out = v.stand(base, v.yu, "reef", 0.18, v.hz - 0.02, 1.25, v.seed2 * 0.1, g.mix(v.hill, blue, 0.55), None, 0.2, blue)
    out = v.stand(out, v.yu, "reef", 0.30, v.hz - 0.03, 0.8, v.seed1 * 0.1 + 0.5, g.mix(v.hill, v.mid, 0.5), None, 0.55, g.mix(v.accent, blue, 0.35))
    return v.stand(out, v.yu, "reef", 0.45, v.hz - 0.05, 1.15, v.seed1 * 0.1, v.mid, None, 0.85, v.accent)


def lamps(v: View, base):
    """Street lamps along the pavement; they shine when lit."""
    g = v.g
    x = v.x(0.55) * 0.62 + v.seed2
    f = (g.frac(x) - 0.5) * (1 / 0.62)
    glow = v.lit

    def draw(part, y):
        up = y - v.hz
        pole = v.edge(0.0085 - g.abs(f), 1.2) * v.edge(0.6 - up) + v.edge(0.022 - g.abs(f), 1.2) * v.edge(0.05 - up)
        dx, dy = f, up - 0.615
        r2 = dx * dx + dy * dy
        bulb = v.edge(0.034 - g.op("Sqrt", r2), 1.3)
        out = v.paint(part, g.mix(v.mid * 0.45, v.low, 0.12), g.clip(pole))
        out = v.add(out, rgb(1.0, 0.8, 0.45), g.exp(r2 * -30.0) * (glow * 0.55))
        return v.paint(out, g.mix(v.low * 0.9, rgb(1.0, 0.95, 0.78), glow), bulb)

    return v.rows_between(base, v.yu, v.hz - 0.01, v.hz + 1.12, draw)


def cloud_sea(v: View, base):
    """Banks of cloud round a stage in the sky."""
    g = v.g
    white = g.mix(g.mix(rgb(1.0, 1.0, 1.0), v.low, 0.15) * v.ambient, v.low, g.clip(v.stars * 0.7))
    out = v.stand(base, v.yu, "clouds", 0.22, v.hz - 0.16, 0.7, v.seed2 * 0.1, white * 0.56, 0.35, drift=v.t * 0.01)
    out = v.stand(out, v.yu, "clouds", 0.34, v.hz - 0.26, 0.95, v.seed1 * 0.1, white * 0.57, 0.2, drift=v.t * 0.015)
    return v.stand(out, v.yu, "clouds", 0.46, v.hz - 0.42, 1.25, v.seed1 * 0.17 + 0.3, white * 0.58, 0.06, drift=v.t * 0.02)


def land(v: View, base):
    """All of it, far to near, each only where its set asks for it."""
    g = v.g
    base = g.when(v.has("hill-height"), lambda b=base: hills(v, b), lambda b=base: b)
    places = ((v.has("lava"), volcano), (v.has("castle"), castle), (v.has("skyline"), skyline), (v.has("pagoda"), pagoda), (v.has("stadium"), stands),
              (v.has("candy"), candy), (v.has("under"), reef), (v.high, cloud_sea))
    base = g.first_of([(cond, lambda f=f, b=base: f(v, b)) for cond, f in places], lambda b=base: b)
    base = g.when(v.has("trees"), lambda b=base: trees(v, b), lambda b=base: b)
    base = g.when(v.has("town"), lambda b=base: town(v, b), lambda b=base: b)
    street = g.max(v.amount("road") * g.max(v.amount("skyline"), v.amount("town")), v.amount("lantern")) > 0.3
    return g.when(street, lambda b=base: lamps(v, b), lambda b=base: b)
