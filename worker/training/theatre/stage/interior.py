"""Rooms: wall above the horizon, floor below, and what hangs or stands there."""

from view import View, rgb


def wall(v: View):
    """The upper band indoors, [3, upper, w]."""
    g = v.g
    x, y = v.x(0.55), v.yu
    up = y - v.hz
    flat = g.mix(v.low, v.top, g.unsqueeze(g.clip(up * 0.8), [0]))
    flat = flat * (1.0 - 0.10 * g.unsqueeze(g.exp(up * -7.0), [0]))
    base = flat + g.unsqueeze(v.xz * 0.0, [0])
    kinds = (("home", home), ("office", office), ("kitchen", kitchen), ("school", school), ("stage", backdrop), ("bus", bus))
    base = g.first_of([(v.has(name), lambda f=f, b=base: f(v, b, x, y)) for name, f in kinds], lambda b=base: b)
    skirting = v.edge(0.024 - g.abs(up - 0.024)) * (1.0 - v.amount("bus")) * (1.0 - v.amount("stage") * 0.8)
    return v.paint(base, g.mix(v.low, rgb(1.0, 1.0, 1.0), 0.35) * v.ambient * 0.94, skirting * 0.9 + v.xz * 0.0)


def floor(v: View):
    """The lower band indoors, [3, lower, w]."""
    g = v.g
    col = g.mix(v.far_col, v.near_col, g.unsqueeze(g.pow(v.depth + 0.001, 0.65), [0]))
    n = v.soft_noise(v.xg * v.near * 0.17, v.near * 0.38)
    soft = 1.0 - v.amount("office") * 0.6
    x = v.xg * v.near * 0.62
    plank = g.floor(x)
    d = g.abs(g.frac(x) - 0.5)
    joint = g.smooth(d, 0.462, 0.492)
    tone = g.frac(plank * 0.618) - 0.5
    grain = v.soft_noise(v.xg * v.near * 1.9, v.near * 0.16 + plank * 0.37)
    out = col * (1.0 + g.unsqueeze((n - 0.5) * 0.10 + (tone * 0.10 + (grain - 0.5) * 0.16) * soft - joint * 0.22 * soft, [0]))
    shine = g.exp(v.depth * -3.4)
    out = g.mix(out, g.mix(v.low, rgb(1.0, 1.0, 1.0), 0.2), g.unsqueeze(shine * 0.2, [0]))
    out = g.when(v.has("home"), lambda b=out: rug(v, b), lambda b=out: b)
    out = g.when(v.has("stage"), lambda b=out: pool(v, b), lambda b=out: b)
    window = (v.xg - 0.45) * (v.xg - 0.45) * -3.0 + (v.yl + 0.6) * (v.yl + 0.6) * -9.0
    return v.add(out, rgb(1.0, 0.9, 0.7), g.exp(window) * (0.13 * (1.0 - v.amount("stage"))))


def rug(v: View, base):
    """An oval rug with a border."""
    g = v.g
    rx, ry = v.xg / 1.15, (v.yl + 0.72) / 0.24
    r = rx * rx + ry * ry
    col = g.mix(v.accent, v.low, 0.25) * v.ambient
    out = v.paint(base, col, g.clip((1.0 - r) * 22.0) * 0.82)
    ring = g.exp((r - 0.80) * (r - 0.80) * -700.0) + g.exp((r - 0.45) * (r - 0.45) * -500.0) * 0.6
    return v.paint(out, g.mix(v.low, rgb(1.0, 1.0, 1.0), 0.4) * v.ambient, g.clip(ring) * 0.7)


def pool(v: View, base):
    """Pools of light where the spots hit the boards."""
    g = v.g
    out = base
    for k, (x0, speed) in enumerate(((0.0, 0.7), (-0.75, 0.5), (0.75, 0.6))):
        dx = v.xg - x0 - 0.22 * g.sin(v.t * speed + k * 2.0)
        dy = (v.yl + 0.62) / 0.30
        out = v.add(out, g.mix(v.accent, rgb(1.0, 0.9, 0.75), 0.6 if k == 0 else 0.25), g.exp((dx * dx * 7.0 + dy * dy) * -1.2) * (0.34 if k == 0 else 0.2))
    return out


def daylight(v: View, y):
    """What is seen through a window: sky by the hour of day, [3, n, 1]."""
    g = v.g
    f = g.unsqueeze(g.clip((y - v.hz - 0.3) * 1.1), [0])
    day = g.mix(rgb(0.82, 0.94, 1.0), rgb(0.42, 0.70, 0.97), f)
    night = g.mix(rgb(0.16, 0.17, 0.36), rgb(0.05, 0.07, 0.22), f)
    dusk = g.mix(rgb(1.0, 0.72, 0.45), rgb(0.55, 0.42, 0.70), f)
    return g.mix(g.mix(day, dusk, g.clip((v.glow - 0.7) * 4.0)), night, v.lit)


def frame(v: View, base, x, y, x0, x1, y0, y1, border, colour):
    """A filled border rectangle."""
    return v.paint(base, colour, v.box(x, y, x0 - border, x1 + border, y0 - border, y1 + border))


def window(v: View, base, x, y, x0, x1, y0, y1, cols, bar=0.013):
    """A window with glazing bars: sky, hills or stars behind."""
    g = v.g
    white = g.mix(v.low, rgb(1.0, 1.0, 1.0), 0.65) * v.ambient
    out = frame(v, base, x, y, x0, x1, y0, y1, 0.045, white)
    out = v.paint(out, daylight(v, y) + g.unsqueeze(x * 0.0, [0]), v.box(x, y, x0, x1, y0, y1))
    bars = v.edge(bar - g.abs(y - (y0 + y1) * 0.5))
    pane = (g.frac((x - x0) * (cols / (x1 - x0)) + 0.5) - 0.5) * ((x1 - x0) / cols)
    bars = g.max(bars + x * 0.0, v.edge(bar - g.abs(pane)) + y * 0.0)
    return v.paint(out, white, bars * v.box(x, y, x0, x1, y0, y1))


def drawn_in(v: View, right, most):
    """How far to the left what hangs right of the middle must move to be seen whole in a narrow frame; `right`: its right edge."""
    return v.g.clip(right - v.aspect, 0.0, most)


def home(v: View, base, x, y):
    """Living room: wallpaper, window with curtains, pictures, a standing lamp."""
    g = v.g
    shift = v.seed1 * 0.05
    stripes = g.smooth(g.sin(x * 15.0), 0.1, 0.6) * 0.03
    out = base * (1.0 + g.unsqueeze(stripes + y * 0.0 - 0.012, [0]))
    x = x + shift + drawn_in(v, 1.24, 0.6)
    out = window(v, out, x, y, 0.24, 0.96, v.hz + 0.42, v.hz + 1.06, 2)
    cloth = g.mix(v.accent, v.low, 0.35) * v.ambient * (0.9 + 0.16 * g.unsqueeze(g.sin(x * 74.0), [0]))
    for x0, x1 in ((0.10, 0.30), (0.90, 1.10)):
        out = v.paint(out, cloth, v.box(x, y, x0, x1, v.hz + 0.36, v.hz + 1.13))
    out = v.paint(out, g.mix(v.near_col, v.accent, 0.2) * 0.8, v.box(x, y, 0.02, 1.18, v.hz + 1.12, v.hz + 1.15))
    for x0, y0, w, h, tone in ((-0.95, 0.60, 0.30, 0.36, v.accent), (-0.52, 0.72, 0.22, 0.22, v.hill)):
        out = frame(v, out, x, y, x0, x0 + w, v.hz + y0, v.hz + y0 + h, 0.03, v.near_col * 0.75)
        out = v.paint(out, g.mix(v.low, rgb(1.0, 1.0, 1.0), 0.5) * v.ambient, v.box(x, y, x0, x0 + w, v.hz + y0, v.hz + y0 + h))
        dx, dy = x - (x0 + w * 0.5), y - (v.hz + y0 + h * 0.42)
        out = v.paint(out, tone, v.edge(w * 0.26 - g.op("Sqrt", dx * dx + dy * dy)))
    lx = x + 1.42
    out = v.paint(out, v.near_col * 0.55, v.edge(0.01 - g.abs(lx)) * v.edge(v.hz + 0.72 - y))
    shade_w = 0.15 - (y - v.hz - 0.72) * 0.3
    out = v.paint(out, g.mix(rgb(0.98, 0.92, 0.80), rgb(1.0, 0.86, 0.55), v.lit), v.edge(shade_w - g.abs(lx)) * v.edge(g.min(y - (v.hz + 0.70), v.hz + 0.93 - y)))
    dy = y - v.hz - 0.74
    return v.add(out, rgb(1.0, 0.74, 0.38), g.exp((lx * lx + dy * dy) * -3.4) * (0.07 + 0.34 * v.lit))


def office(v: View, base, x, y):
    """A glass front over the city, a whiteboard, light panels in the ceiling."""
    g = v.g
    out = base * 0.0 + daylight(v, y)
    town = g.mix(g.mix(v.hill, rgb(0.5, 0.6, 0.75), 0.5), rgb(0.10, 0.12, 0.26), v.lit * 0.85)
    out = v.stand(out, y, "skyline-far", 0.2, v.hz + 0.16, 0.66, v.seed1 * 0.1, town, None, v.lit, rgb(1.0, 0.86, 0.55))
    out = out + g.unsqueeze(v.edge(g.abs(g.frac((x + y * 0.5) * 0.55) - 0.5) * 1.8 - 0.55, 3.0) * 0.05, [0])
    white = g.mix(v.low, rgb(1.0, 1.0, 1.0), 0.4) * v.ambient
    sill = v.edge(v.hz + 0.22 - y)
    out = v.paint(out, g.mix(v.low, v.top, 0.6) * v.ambient * 0.97, sill + x * 0.0)
    out = v.paint(out, white, v.edge(0.016 - g.abs(y - v.hz - 0.22)) + x * 0.0)
    mullion = v.edge(0.014 - g.abs((g.frac(x * 1.35 + 0.3) - 0.5) * (1 / 1.35)))
    out = v.paint(out, white * 0.92, g.max(mullion + y * 0.0, v.edge(0.010 - g.abs(y - v.hz - 0.82)) + x * 0.0) * v.edge(y - v.hz - 0.2))
    board = x + 1.05 + v.seed2 * 0.04
    out = frame(v, out, board, y, -0.36, 0.36, v.hz + 0.36, v.hz + 0.88, 0.022, rgb(0.55, 0.60, 0.68))
    out = v.paint(out, rgb(0.97, 0.98, 1.0) * v.ambient, v.box(board, y, -0.36, 0.36, v.hz + 0.36, v.hz + 0.88))
    bars = g.floor(board * 12.0 + 3.0)
    bar_top = v.hz + 0.44 + 0.30 * (0.25 + 0.09 * (bars + 0.5)) * (0.7 + 0.3 * g.hash(bars))
    chart = v.edge(0.026 - g.abs((g.frac(board * 12.0) - 0.5) * (1 / 12))) * v.edge(g.min(bar_top - y, y - v.hz - 0.44)) * v.edge(0.26 - g.abs(board))
    out = v.paint(out, v.accent, chart)
    line = v.edge(0.008 - g.abs(y - (v.hz + 0.56 + board * 0.42 + 0.03 * g.sin(board * 30.0)))) * v.edge(0.29 - g.abs(board))
    out = v.paint(out, rgb(0.92, 0.36, 0.28), line)
    ceiling = v.edge(y - v.hz - 1.14)
    out = v.paint(out, v.top * v.ambient * 0.96, ceiling + x * 0.0)
    panel = v.box((g.frac(x * 0.7) - 0.5) * (1 / 0.7), y, -0.45, 0.45, v.hz + 1.2, v.hz + 1.26)
    return v.paint(out, rgb(1.0, 1.0, 0.97), panel)


def kitchen(v: View, base, x, y):
    """Tiles, window, shelf with jars, cupboards and a worktop."""
    g = v.g
    up = y - v.hz
    tx, ty = g.frac(x * 5.0), g.frac(up * 5.0)
    joint = g.max(v.edge(0.035 - g.min(tx, 1.0 - tx), 1.0) * 0.2 + ty * 0.0, v.edge(0.035 - g.min(ty, 1.0 - ty)) * 0.2 + tx * 0.0)
    tiled = v.edge(g.min(up - 0.36, 0.80 - up))
    out = base * (1.0 - g.unsqueeze(g.clip(joint) * tiled * 0.45, [0]))
    out = v.paint(out, v.accent, v.edge(0.012 - g.abs(up - 0.80)) + x * 0.0)
    xx = x + v.seed1 * 0.04 + drawn_in(v, 1.2, 0.7)
    out = window(v, out, xx, y, 0.42, 1.06, v.hz + 0.50, v.hz + 1.10, 2)
    wood = g.mix(v.near_col, v.far_col, 0.4)
    for sy, seed in ((0.92, 0.0), (0.62, 5.0)):
        out = v.paint(out, wood * 0.8, v.box(xx, y, -1.15, -0.15, v.hz + sy - 0.03, v.hz + sy))
        cell = g.floor(xx * 8.0)
        jar_h = 0.07 + 0.08 * g.hash(cell + seed)
        fx = (g.frac(xx * 8.0) - 0.5) * (1 / 8)
        jar = v.edge(0.038 - g.abs(fx)) * v.edge(g.min(up - sy, sy + jar_h - up)) * v.edge(0.46 - g.abs(xx + 0.65)) * g.clip((g.hash(cell * 1.3 + seed) - 0.2) * 20.0)
        tone = g.unsqueeze(g.hash(cell * 2.1 + seed), [0])
        out = v.paint(out, g.mix(v.accent, rgb(1.0, 0.86, 0.5), tone) * v.ambient * (0.86 + 0.14 * g.unsqueeze(g.clip(fx * -30.0 + 0.5), [0])), jar)
        lid = v.edge(0.030 - g.abs(fx)) * v.edge(0.011 - g.abs(up - sy - jar_h)) * v.edge(0.46 - g.abs(xx + 0.65)) * g.clip((g.hash(cell * 1.3 + seed) - 0.2) * 20.0)
        out = v.paint(out, wood * 0.6, lid)
    cup = v.edge(0.30 - up)
    out = v.paint(out, g.mix(v.mid, rgb(1.0, 1.0, 1.0), 0.15) * v.ambient, cup + x * 0.0)
    fx = g.frac(x * 1.9)
    door = v.box((fx - 0.5) * (1 / 1.9), y, -0.225, 0.225, v.hz + 0.05, v.hz + 0.26)
    out = v.paint(out, g.mix(v.mid, rgb(1.0, 1.0, 1.0), 0.05) * v.ambient * 0.93, door)
    knob = v.box((fx - 0.5) * (1 / 1.9), y, 0.15, 0.17, v.hz + 0.14, v.hz + 0.20)
    out = v.paint(out, v.accent * 0.8, knob)
    return v.paint(out, wood * 1.06, v.edge(0.024 - g.abs(up - 0.32)) + x * 0.0)


def school(v: View, base, x, y):
    """Wainscot, blackboard with chalk, windows, a string of flags."""
    g = v.g
    up = y - v.hz
    out = v.paint(base, g.mix(v.mid, v.near_col, 0.3), v.edge(0.27 - up) + x * 0.0)
    out = v.paint(out, g.mix(v.near_col, rgb(1.0, 1.0, 1.0), 0.25), v.edge(0.012 - g.abs(up - 0.27)) + x * 0.0)
    out = frame(v, out, x, y, -0.78, 0.62, v.hz + 0.42, v.hz + 1.02, 0.04, v.near_col * 0.85)
    dusty = v.soft_noise(x * 0.6, y * 0.7)
    out = v.paint(out, v.accent * 0.62 * (0.9 + 0.3 * g.unsqueeze(dusty, [0])), v.box(x, y, -0.78, 0.62, v.hz + 0.42, v.hz + 1.02))
    for row, (a, b, wave) in enumerate(((-0.68, 0.1, 0.0), (-0.68, -0.1, 2.0), (-0.68, 0.3, 4.0))):
        yy = up - 0.88 + row * 0.12 + 0.012 * g.sin(x * 61.0 + wave) * g.sin(x * 23.0)
        out = v.paint(out, rgb(0.95, 0.96, 0.92), v.edge(0.007 - g.abs(yy)) * v.edge(g.min(x - a, b - x)) * g.clip(g.sin(x * 47.0 + wave) * 4.0 + 2.0) * 0.8)
    dx, dy = x - 0.40, up - 0.74
    r = g.op("Sqrt", dx * dx + dy * dy)
    out = v.paint(out, rgb(1.0, 0.90, 0.55), v.edge(0.007 - g.abs(r - 0.10)) * 0.9)
    out = window(v, out, x, y, 0.92, 1.52, v.hz + 0.44, v.hz + 1.06, 2)
    out = window(v, out, x, y, -1.72, -1.10, v.hz + 0.44, v.hz + 1.06, 2)
    cell = g.floor(x * 7.0)
    hang = v.hz + 1.18 - 0.03 * g.cos(x * 3.2)
    f = g.abs(g.frac(x * 7.0) - 0.5) * 2.0
    flag = v.edge(g.min(hang - y, y - hang + 0.09 * (1.0 - f)))
    tone = g.unsqueeze(g.hash(cell), [0])
    return v.paint(out, g.mix(g.mix(rgb(0.95, 0.4, 0.35), rgb(0.98, 0.8, 0.3), g.clip(tone * 2.0)), rgb(0.35, 0.6, 0.9), g.clip(tone * 4.0 - 2.6)) * v.ambient, flag * 0.9)


def backdrop(v: View, base, x, y):
    """The stage's back cloth: soft folds, stars of light."""
    g = v.g
    fold = 0.86 + 0.14 * g.sin(x * 17.0 + g.sin(x * 3.0) * 2.0)
    out = base * g.unsqueeze(fold + y * 0.0, [0])
    out = v.add(out, rgb(1.0, 0.9, 0.7), v.dots(x * 0.35, y * 0.5) * (0.35 + 0.3 * g.sin(v.t * 2.0 + x * 19.0)))
    return out


def bus(v: View, base, x, y):
    """Inside a bus: the street passes behind the windows; poles, straps, seats."""
    g = v.g
    up = y - v.hz
    out = base * 0.0 + daylight(v, y)
    road_speed = v.t * 0.55
    dark = g.mix(rgb(1.0, 1.0, 1.0), rgb(0.34, 0.36, 0.55), v.lit)
    city = g.mix(rgb(0.62, 0.72, 0.86), v.hill, 0.3) * dark
    out = v.stand(out, y, "skyline-far", 0.2, v.hz + 0.40, 0.66, v.seed1 * 0.1, city, None, v.lit, rgb(1.0, 0.86, 0.55), drift=road_speed * 0.35)
    out = v.stand(out, y, "town", 0.5, v.hz + 0.26, 0.66, v.seed2 * 0.1, g.mix(v.mid, rgb(0.86, 0.64, 0.52), 0.6) * dark, None, v.lit, rgb(1.0, 0.86, 0.5), drift=road_speed)
    glass = v.edge(g.min(up - 0.36, 1.0 - up)) * v.edge(0.46 - g.abs((g.frac(x * 0.92 + 0.2) - 0.5) * (1 / 0.92)))
    panel = g.mix(v.low, v.top, g.unsqueeze(g.clip(up * 0.9), [0])) * v.ambient * (0.93 + 0.07 * g.unsqueeze(g.clip(up * 2.0), [0]))
    inside = panel + g.unsqueeze(x * 0.0, [0])
    inside = v.paint(inside, v.accent * v.ambient * 0.9, v.edge(0.035 - g.abs(up - 0.27)) + x * 0.0)
    streak = v.edge(0.05 - g.abs(g.frac((x - y * 0.6) * 0.46) - 0.5), 2.0) * 0.10
    out = v.add(out, rgb(1.0, 1.0, 1.0), streak)
    rim = v.edge(g.min(up - 0.32, 1.04 - up)) * v.edge(0.50 - g.abs((g.frac(x * 0.92 + 0.2) - 0.5) * (1 / 0.92)))
    inside = v.paint(inside, rgb(0.22, 0.25, 0.31), rim)
    out = g.mix(inside, out, g.unsqueeze(glass, [0]))
    seat = (g.frac(x * 0.92 + 0.7) - 0.5) * (1 / 0.92)
    back = v.edge(g.min(0.34 - g.abs(seat) - 0.10 * g.clip((up - 0.38) * 6.0), 0.47 - up), 1.2)
    cloth = g.mix(v.accent, rgb(0.2, 0.25, 0.4), 0.35) * v.ambient * (0.8 + 0.25 * g.unsqueeze(g.clip(up * 2.2), [0]))
    cloth = cloth * (1.0 - 0.14 * g.unsqueeze(v.edge(0.008 - g.abs(g.abs(seat) - 0.17)) + y * 0.0, [0]))
    out = v.paint(out, cloth, back)
    out = v.paint(out, v.ambient * 0.95, v.edge(0.03 - g.abs(up - 0.455)) * v.edge(0.20 - g.abs(seat)))
    steel = g.mix(rgb(0.98, 0.80, 0.25), v.low, 0.15) * v.ambient
    rail = v.edge(0.013 - g.abs(up - 1.16))
    out = v.paint(out, steel, rail + x * 0.0)
    px = (g.frac(x * 0.46 + 0.35) - 0.5) * (1 / 0.46)
    out = v.paint(out, steel * (0.86 + 0.2 * g.unsqueeze(g.clip(px * -60.0 + 0.5), [0])), v.edge(0.016 - g.abs(px)) + y * 0.0)
    cell = g.floor(x * 2.3)
    sway = 0.05 * g.sin(v.t * 2.6 + cell * 0.7) * g.clip(1.16 - up)
    sx = (g.frac(x * 2.3) - 0.5) * (1 / 2.3) - sway
    strap = v.edge(0.008 - g.abs(sx)) * v.edge(g.min(up - 0.93, 1.16 - up))
    ring = g.op("Sqrt", sx * sx + (up - 0.885) * (up - 0.885))
    out = v.paint(out, rgb(0.30, 0.32, 0.38), strap)
    return v.paint(out, rgb(0.96, 0.96, 0.94) * v.ambient, v.edge(0.010 - g.abs(ring - 0.045)))
