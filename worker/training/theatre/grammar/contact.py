"""Verbs between two who come together: eat, meet, kiss, hug, fight, give."""

import numpy as np

from ..links import anchor
from ..state import FACE, FLAP, H, LEAN, LEG, LONG, PRES, ROT, SIZE, SQUASH, X, Y, ZBIAS
from .linked import flapping, link, t
from .motion import TAU, bump, ramp, sway
from .shot import AFLOAT, Actor, Shot, gait


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
