"""Verbs between two. `a` does it, `b` is the object. Where the two touch, one is stored relative to the other (links.py), so that
contact is exact and stays exact after the model's small errors."""

import numpy as np

from ..links import anchor
from ..state import FACE, FLAP, H, LEAN, LEG, LONG, PRES, ROT, SIZE, SQUASH, TIME, X, Y, ZBIAS
from .motion import TAU, blur, bump, facing_of, hops, patrol, ramp, sway
from .shot import AFLOAT, Actor, Shot, gait, velocity
from .solos import solo

t = TIME


def link(child: Actor, parent: Actor, attach: str) -> np.ndarray:
    """Makes `child` relative to `parent`: a fresh state that means 'exactly there, same size and facing'."""
    child.parent, child.attach = parent, attach
    state = np.zeros((LONG, child.state.shape[1]))
    state[:, PRES] = 1
    state[:, FACE] = 1
    state[:, SIZE] = np.log2(child.size / parent.size)
    child.state = state
    return state


def flapping(actor: Actor) -> float:
    """Amplitude of wings or fins while it hangs about."""
    return {"fly": 1.0, "swim": 0.7}.get(actor.noun.kind, 0.0)


def chase(shot: Shot, a: Actor, b: Actor, rng: np.random.Generator) -> None:
    """Lagged pursuit: the chaser is where the chased was a moment ago."""
    speed = float(rng.choice([0.85, 1.1])) * shot.speed * max(shot.pace, 0.75)
    gap = 0.5 * (a.wide + b.wide) * rng.uniform(1.0, 1.25) + 0.06
    lag = gap / speed
    side = float(rng.choice([-1, 1]))
    reach = max(2.1 * gap, 0.95 * shot.half - max(a.wide, b.wide) / 2)  # a chase may leave the frame for a moment and come back
    long = np.concatenate([TIME[0] + np.arange(-24, 0) / 8, TIME])
    if shot.wants_follow:
        way = side * speed * (long - 2.5) + sway(rng, long, 0.35, 0.1)
        shot.follow = b
    else:
        way = blur(side * patrol(speed * (long + 4) + float(rng.choice([0.0, 1.0])) * reach - 4 * speed, -reach, reach), 1.2)
    clock = long
    for actor, delay in ((b, 0.0), (a, lag)):
        s = actor.state
        s[:, X] = np.interp(TIME - delay, clock, way)
        v = velocity(s[:, X])
        s[:, FACE] = facing_of(v, side)
        going = np.clip(np.abs(v) / 0.3, 0, 1)
        gait(actor, going, rng)
        s[:, LEAN] += 0.14 * going
    a.state[:, Y] = shot.floor - 0.05
    b.state[:, Y] = shot.floor + 0.06
    if b.noun.kind in ("fly", "air"):
        b.state[:, H] += sway(rng, t, 0.6, min(0.12, shot.headroom(b) * 0.2))
        if a.noun.kind == "walk" and rng.random() < 0.6:
            high, squash = hops(t, 0.875, min(0.25, shot.headroom(a) * 0.6), 0.0)
            a.state[:, H] += high
            a.state[:, SQUASH] += squash * 0.6


def race(shot: Shot, a: Actor, b: Actor, rng: np.random.Generator) -> None:
    """Both run the same way, now one ahead, now the other; the camera goes with them."""
    side = float(rng.choice([-1, 1]))
    speed = rng.uniform(1.0, 1.4) * shot.speed
    wander = sway(rng, t, 0.17, min(0.3, 0.25 * shot.half))
    way = side * speed * (t - 2.5)
    shot.follow = a
    for actor, shift, row in ((a, wander, -0.09), (b, -wander, 0.12)):
        actor.state[:, X] = way + shift
        actor.state[:, Y] = shot.floor + row
        actor.state[:, FACE] = side
        actor.state[:, LEAN] += 0.15
        gait(actor, 1.0, rng)
    shot.camera[:, X] = way * 0.98


def orbit(shot: Shot, a: Actor, b: Actor, rng: np.random.Generator) -> None:
    """Circles round it, behind and in front."""
    b.state[:, X] *= 0.4
    a.size = min(a.size, 0.62 * b.size if b.size > 0.5 else 0.9 * b.size)
    s = link(a, b, "orbit")
    radius = (0.5 * b.noun.w + 0.6 * a.noun.w * a.size / b.size) * rng.uniform(1.05, 1.3)
    radius = min(radius, 0.9 * shot.half / b.size)
    angle = TAU * float(rng.choice([-1, 1])) * float(rng.choice([0.22, 0.3])) * shot.speed**0.5 * t + 0.5 * np.pi * int(rng.integers(4))
    s[:, X] = radius * np.cos(angle)
    s[:, H] = 0.38 * b.noun.h - 0.25 * a.size / b.size + 0.16 * np.sin(angle)
    s[:, Y] = 0.1 * np.sin(angle)
    s[:, ZBIAS] = -0.5 * np.sin(angle)
    s[:, SIZE] -= 0.22 * np.sin(angle)
    s[:, FACE] = facing_of(velocity(s[:, X]), 1)
    s[:, FLAP] = flapping(a)
    if a.noun.kind == "walk":
        s[:, LEG] = 0.8
    b.state[:, SQUASH] += sway(rng, t, 0.45, 0.02)


def ride(shot: Shot, a: Actor, b: Actor, rng: np.random.Generator, mount_verb: str = "") -> None:
    """`a` sits on `b`, which goes where it likes."""
    kind = b.noun.kind
    verb = mount_verb or {"fly": "fly", "air": "fly", "swim": "swim", "water": "drive", "road": "drive", "thing": "drive", "sky": "fly"}.get(
        kind, "run" if rng.random() < 0.75 else "walk")
    if shot.set in AFLOAT and not mount_verb:
        verb = "fly"
    b.size = min(b.size, 1.0 / b.noun.h, (1.9 if shot.aspect < 2 else 1.05) * shot.half / b.noun.w)
    a.size = min(a.size, b.size * rng.uniform(0.66, 0.84) * (1.0 if b.noun.size > 0.5 else 1.35), 0.72 / a.noun.h)
    b.state[:, SIZE] = np.log2(b.size)
    shot.top -= a.tall * 0.62
    if kind not in ("fly", "air", "sky") and shot.set not in AFLOAT:
        b.state[:, H] = 0
    solo(shot, b, verb, t, False, rng)
    shot.top += a.tall * 0.62
    if verb == "run" and kind == "walk":
        high, squash = hops(t, 0.625, 0.07, 0.0)
        b.state[:, H] += high
        b.state[:, SQUASH] += squash * 0.3
        b.state[:, ROT] += 0.012 * np.sin(TAU * 1.6 * t)
    s = link(a, b, "ride")
    s[:, ZBIAS] = 0.12
    s[:, SQUASH] = sway(rng, t, 1.6, 0.04)
    s[:, H] = 0.012 * np.abs(np.sin(TAU * 0.8 * t))
    s[:, LEAN] = 0.05


def eat(shot: Shot, a: Actor, b: Actor, rng: np.random.Generator, start: float = 0.0) -> None:
    """Holds the food in front, lifts it to the mouth, bites until it is gone. The food hangs on the eater's mouth."""
    size = float(np.clip(b.size, 0.3 * a.size, 0.5 * a.size))
    b.size = size
    s = link(b, a, "eat")
    (hx, hy), (mx, my) = anchor(a.noun, "hand"), anchor(a.noun, "mouth")
    share = size / a.size
    near = (0.22 * share * b.noun.w, 0.0)
    low = (max(hx - mx, 0.16) / 2 + 0.1 * share, np.clip((hy - my) / 2, -0.3, -0.08))
    begin = start + rng.uniform(0.5, 1.0)
    gap = rng.uniform(0.6, 0.75)
    lift = np.zeros(LONG)
    bites = np.zeros(LONG)
    for bite in range(4):
        at = begin + 0.3 + bite * gap
        lift = np.maximum(lift, bump(t, at, 0.2))
        bites += ramp(t, at, at + 0.16)
        a.state[:, LEAN] += 0.13 * bump(t, at, 0.16)
        a.state[:, SQUASH] -= 0.09 * bump(t, at + 0.14, 0.12)
    lift = np.clip(lift + ramp(t, begin, begin + 0.3) * 0.45, 0, 1)
    if rng.random() < 0.35 and a.noun.kind == "walk" and start == 0:  # it lies on the floor at first and is picked up
        floor = (0.5 * a.noun.w + 0.45 * share, (-1 - my) / 2 + 0.05 + 0.5 * share * b.noun.h)
        down = 1 - ramp(t, begin - 0.45, begin)
        low = (low[0] + (floor[0] - low[0]) * down, low[1] + (floor[1] - low[1]) * down)
        a.state[:, LEAN] += 0.16 * bump(t, begin - 0.4, 0.25)
    s[:, X] = low[0] + (near[0] - low[0]) * lift
    s[:, H] = low[1] + (near[1] - low[1]) * lift
    s[:, SIZE] += -0.42 * bites
    s[:, ROT] = 0.02 * np.sin(TAU * 0.9 * t)
    s[:, ZBIAS] = 0.15
    done = begin + 0.3 + 3 * gap + 0.12
    s[:, PRES] = np.where(t > done, -1.0, 1.0)
    a.state[:, FACE] = a.state[0, FACE]
    a.state[:, SQUASH] += 0.1 * bump(t, done + 0.4, 0.2) + sway(rng, t, 0.5, 0.02)
    if rng.random() < 0.4:
        shot.effect("red-heart", a, done, 20)


def approach(shot: Shot, a: Actor, b: Actor, gap: float, rng: np.random.Generator, start: float = 0.0) -> float:
    """Both walk up to each other until their middles are `gap` apart; b relative to a. Returns the second of arrival."""
    arrive = start + rng.uniform(0.9, 1.6)
    centre = float(np.clip(rng.normal(0, 0.15), -0.3, 0.3)) * shot.half
    side = float(rng.choice([-1, 1]))
    far = gap if rng.random() < 0.3 else max(gap, rng.uniform(0.7, 1.2) * shot.half)
    near = ramp(t, start + 0.05, arrive)
    half = (far + (gap - far) * near) / 2
    a.state[:, X] = centre - side * half
    a.state[:, Y] = shot.floor
    a.state[:, FACE] = side
    moving = (1 - ramp(t, arrive - 0.3, arrive)) * ramp(t, start, start + 0.2) * (far > gap * 1.25)
    gait(a, 0.6 * moving, rng)
    keep = flapping(b)
    lifted = b.state[0, H] if b.noun.kind in ("fly", "air", "swim") or shot.set in AFLOAT else 0.0
    s = link(b, a, "meet")
    s[:, X] = 2 * half / a.size
    s[:, Y] = 0.01
    s[:, H] = lifted / a.size
    s[:, FACE] = -1
    s[:, FLAP] = keep
    if b.noun.kind == "walk":
        s[:, LEG] = 0.6 * moving
    return arrive


def meet(shot, a, b, rng, start=0.0):
    """Face to face, taking turns to talk."""
    arrive = approach(shot, a, b, 0.5 * (a.wide + b.wide) * 1.2 + 0.06, rng, start)
    f = 0.625
    on = ramp(t, arrive, arrive + 0.4)
    turns = 0.5 + 0.5 * np.tanh(4 * np.sin(TAU * 0.28 * (t - arrive)))
    for s, mine in ((a.state, turns), (b.state, 1 - turns)):
        s[:, LEAN] += 0.12 * np.sin(TAU * f * t) * on * (0.3 + 0.7 * mine)
        s[:, SQUASH] += 0.07 * np.sin(2 * TAU * f * t) * on * mine
    shot.effect("speech-balloon", a if rng.random() < 0.5 else b, arrive + 0.2, rng.uniform(1.5, 20))


def kiss(shot, a, b, rng, start=0.0):
    """Leans in until the mouths touch; hearts."""
    arrive = approach(shot, a, b, 0.5 * (a.wide + b.wide) * 0.95, rng, start)
    b.attach = "kiss"
    for cycle in range(3):
        g = bump(t, arrive + 0.7 + 1.9 * cycle, 0.36)
        a.state[:, LEAN] += 0.22 * g
        b.state[:, LEAN] += 0.22 * g
        b.state[:, X] -= 0.12 * g * min(1.0, a.noun.w)
    shot.effect("red-heart", a, arrive + 0.6, 20)
    if rng.random() < 0.5:
        shot.effect("sparkling-heart", b, arrive + 1.0, 20)


def hug(shot, a, b, rng, start=0.0):
    """Comes together and stays close."""
    arrive = approach(shot, a, b, 0.5 * (a.wide + b.wide) * 0.66, rng, start)
    b.attach = "hug"
    on = ramp(t, arrive - 0.1, arrive + 0.35)
    rock = np.sin(TAU * 0.4 * t) * on
    a.state[:, LEAN] += 0.12 * on + 0.05 * rock
    b.state[:, LEAN] += 0.12 * on - 0.05 * rock
    a.state[:, SQUASH] += 0.04 * rock
    b.state[:, SQUASH] -= 0.04 * rock
    shot.effect("two-hearts" if rng.random() < 0.5 else "red-heart", a, arrive + 0.5, 20)


def fight(shot, a, b, rng, start=0.0):
    """Lunges in turns; stars fly."""
    arrive = approach(shot, a, b, 0.5 * (a.wide + b.wide) * 1.08, rng, start)
    b.attach = "fight"
    w = np.sin(TAU * 1.05 * (t - arrive)) * ramp(t, arrive, arrive + 0.3)
    hit, back = np.maximum(w, 0), np.maximum(-w, 0)
    a.state[:, X] += a.state[:, FACE] * (0.1 * hit - 0.05 * back)
    b.state[:, X] -= (0.2 * back + 0.02 * hit) * 0.8
    a.state[:, LEAN] += 0.22 * w
    b.state[:, LEAN] += -0.22 * w
    a.state[:, H] += 0.1 * hit
    b.state[:, H] += 0.1 * back
    shot.effect("collision", a, arrive + 0.3, 20)
    shot.camera[:, SQUASH] += 0.3 * ramp(t, arrive, arrive + 0.4)


def run_up(shot: Shot, a: Actor, rng: np.random.Generator, at: float) -> float:
    """Walks up to where the thing is and gets there at `at`; returns the side it faces."""
    side = float(rng.choice([-1, 1]))
    reach = 0.94 * shot.half - a.wide / 2
    stop = -side * reach * rng.uniform(0.5, 0.9)
    start = -side * (reach + rng.uniform(-0.25, 0.3) * shot.half)
    if rng.random() < 0.4:
        start = stop - side * 0.12
    near = ramp(t, at - 1.2, at - 0.05)
    a.state[:, X] = start + (stop - start) * near
    a.state[:, Y] = shot.floor
    a.state[:, FACE] = side
    a.state[:, H] *= 0 if a.noun.kind in ("walk", "thing") else 1
    gait(a, 0.9 * np.clip(np.abs(velocity(a.state[:, X])) / 0.25, 0, 1), rng)
    return side


def kick(shot, a, b, rng, start=0.0):
    """Run-up, wind-up, contact: the ball flies off, bounces, rolls out."""
    b.size = min(b.size, 0.62 * a.size)
    at = shot.event(1.1, 1.7) + start
    side = run_up(shot, a, rng, at)
    a.state[:, LEAN] += -0.18 * bump(t, at - 0.25, 0.15) + 0.28 * bump(t, at + 0.06, 0.16)
    world = ball_flight(shot, a, b, rng, at, side, h0=0.0)
    s = link(b, a, "kick")
    relative_flight(s, world, a, b)
    if rng.random() < 0.5:
        shot.effect("collision", b, at - 0.05, 0.45)


def throw(shot, a, b, rng, start=0.0):
    """Swings back, throws: an arc, then down and bouncing."""
    b.size = min(b.size, 0.55 * a.size)
    at = shot.event(1.2, 1.8) + start
    side = run_up(shot, a, rng, at - 0.4)
    a.state[:, LEAN] += -0.22 * bump(t, at - 0.35, 0.22) + 0.26 * bump(t, at + 0.08, 0.2)
    hx, hy = anchor(a.noun, "hand")
    hand = max(0.06, (hy + 1) / 2 * a.size - 0.35 * b.tall)
    world = ball_flight(shot, a, b, rng, at, side, h0=hand, reach=hx / 2 * a.size + 0.2 * b.wide)
    s = link(b, a, "throw")
    relative_flight(s, world, a, b)
    s[:, ZBIAS] = 0.12


def ball_flight(shot, a, b, rng, at, side, h0, reach=None):
    """World (x, height, turns) of a ball that waits at a's foot or hand until `at` and then flies, bounces, and rolls to rest in the frame."""
    contact = 0.5 * a.wide * 0.8 + 0.5 * b.wide * 0.8 if reach is None else reach
    x0 = a.state[np.searchsorted(t, at), X] + side * contact
    limit = 0.93 * shot.half - b.wide / 2
    way = max(0.45, (limit - side * x0) * rng.uniform(0.75, 1.0))
    u = np.maximum(t - at, 0)
    g = 3.4
    high = min(rng.uniform(0.45, 0.85), (shot.top - shot.floor - b.tall) * 0.8)
    up = np.sqrt(2 * g * max(high - h0, 0.1))
    h = h0 + up * u - 0.5 * g * u * u
    first = (up + np.sqrt(up * up + 2 * g * h0)) / g
    h = np.where(u < first, h, 0.0)
    bounce, since = 0.55 * np.sqrt(up * up + 2 * g * h0), first
    for _ in range(4):
        length = 2 * bounce / g
        v = u - since
        h = np.where((v >= 0) & (v < length), bounce * v - 0.5 * g * v * v, h)
        since, bounce = since + length, bounce * 0.5
    gone = 1 - np.exp(-u / 0.95)
    if h0 > 0 or reach is not None:  # in the hand until it leaves
        carried = a.state[:, X] + side * contact
        x = np.where(t < at, carried, x0 + side * way * gone)
    else:
        x = x0 + side * way * gone
    turns = -side * way * gone / (np.pi * max(b.wide, 0.1))
    return x, np.maximum(h, 0), turns


def relative_flight(s, world, a, b):
    """Writes a ball's world flight into its state relative to `a`."""
    x, h, turns = world
    s[:, X] = a.state[:, FACE] * (x - a.state[:, X]) / a.size
    s[:, H] = h / a.size
    s[:, ROT] = turns
    s[:, Y] = -0.02


def push(shot, a, b, rng):
    """Shoves it along, leaning in."""
    haul(shot, a, b, rng, "push", 1)


def pull(shot, a, b, rng):
    """Walks ahead and draws it after."""
    haul(shot, a, b, rng, "pull", -1)


def haul(shot, a, b, rng, attach, sign):
    """Push (sign 1: the load is in front) and pull (-1: behind)."""
    b.size = min(b.size, 1.15 * a.size, 0.55 * shot.half / b.noun.w)
    side = float(rng.choice([-1, 1]))
    speed = rng.uniform(0.16, 0.28) * shot.speed * shot.pace
    offset = 0.5 * (a.wide * 0.86 + b.wide * 0.92) * (1.0 if sign > 0 else 1.2)
    span = 0.92 * shot.half - a.wide / 2
    a.state[:, X] = side * np.minimum(-0.62 * span + speed * (t + 1), 0.9 * span)
    a.state[:, Y] = shot.floor
    a.state[:, FACE] = side
    a.state[:, H] *= 0 if a.noun.kind in ("walk", "thing") else 1
    a.state[:, LEAN] += (0.2 + 0.04 * np.sin(TAU * 1.5 * t)) * (1 if sign > 0 else 0.8)
    gait(a, 0.6, rng)
    s = link(b, a, attach)
    s[:, X] = sign * offset / a.size
    s[:, Y] = 0.01
    s[:, SQUASH] = 0.02 * np.sin(TAU * 3 * t)


def give(shot, a, b, rng, receiver: Actor | None = None):
    """Holds it, reaches out, and hands it over: to the receiver's hand, or to the audience."""
    b.size = min(b.size, 0.5 * a.size)
    at = shot.event(1.6, 2.4)
    if receiver is not None:
        gap = 0.5 * (a.wide + receiver.wide) * 1.1 + 0.04
        arrive = approach(shot, a, receiver, gap, rng)
        at = max(at, arrive + 0.3)
    else:
        a.state[:, FACE] = a.state[0, FACE]
    passed = ramp(t, at, at + 0.7)
    s = link(b, a, "give")
    if receiver is not None:
        hx, hy = anchor(a.noun, "hand")
        rx, ry = anchor(receiver.noun, "hand")
        share = receiver.size / a.size
        to = (gap / a.size - share * rx / 2 - hx / 2, share * (ry + 1) / 2 - (hy + 1) / 2)
    else:
        to = (0.3, 0.1)
        s[:, SIZE] += 0.5 * passed
    s[:, X] = 0.03 + (to[0] - 0.03) * passed
    s[:, H] = to[1] * passed + 0.06 * bump(t, at + 0.35, 0.25)
    s[:, ZBIAS] = 0.2
    a.state[:, LEAN] += 0.16 * bump(t, at + 0.4, 0.4)
    a.state[:, SQUASH] += sway(rng, t, 0.5, 0.02)


def set_off(shot, a, b, rng):
    """Lights it and steps back: it rises and bursts overhead."""
    b.size = min(b.size, 0.5)
    b.state[:, SIZE] = np.log2(b.size)
    side = float(rng.choice([-1, 1]))
    at = shot.event(1.3, 1.9)
    bx = side * rng.uniform(0.05, 0.25) * shot.half
    b.state[:, X], b.state[:, Y], b.state[:, H], b.state[:, FLAP] = bx, shot.floor + 0.05, 0, 0
    near = bx - side * (0.5 * (a.wide + b.wide) + 0.02)
    far = bx - side * min(0.5 * (a.wide + b.wide) + 0.45 * shot.half, 0.9 * shot.half)
    away = ramp(t, at - 0.5, at + 0.2)
    a.state[:, X] = near + (far - near) * away
    a.state[:, Y] = shot.floor
    a.state[:, FACE] = side
    a.state[:, LEAN] += 0.2 * bump(t, at - 0.8, 0.3)
    gait(a, np.clip(np.abs(velocity(a.state[:, X])) / 0.25, 0, 1), rng)
    burst = at + rng.uniform(1.0, 1.3)
    high = shot.top - shot.floor - b.tall * 1.1
    b.state[:, H] = high * np.clip((t - at) / (burst - at), 0, 1) ** 1.6
    b.state[:, PRES] = np.where(t > burst, -1.0, 1.0)
    b.state[:, SQUASH] += -0.1 * bump(t, at - 0.15, 0.15) + 0.15 * ramp(t, at, at + 0.4)
    high2, squash = hops(t, 0.6, 0.15, 0.0)
    a.state[:, H] += high2 * ramp(t, burst, burst + 0.3)
    a.state[:, SQUASH] += squash * 0.5 * ramp(t, burst, burst + 0.3)
    shot.effect("fireworks", b, burst, 2.2)


DUO = {
    "chase": (chase, 7), "orbit": (orbit, 3), "ride": (ride, 6), "eat": (eat, 6), "kick": (kick, 4), "throw": (throw, 3), "meet": (meet, 4),
    "kiss": (kiss, 3), "hug": (hug, 4), "fight": (fight, 4), "race": (race, 3), "push": (push, 2.5), "pull": (pull, 2), "give": (give, 2.5),
    "set-off": (set_off, 2),
}
"""Verb -> (motion, how often)."""

LATER = ("eat", "meet", "kiss", "hug", "fight")
"""Verbs that can begin after the subject has done something else."""
