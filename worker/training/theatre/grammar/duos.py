"""Verbs between two. `a` does it, `b` is the object. Where the two touch, one is stored relative to the other (links.py), so that
contact is exact and stays exact after the model's small errors."""

import numpy as np

from ..state import FACE, FLAP, H, LEAN, LEG, ROT, SIZE, SQUASH, TIME, X, Y, ZBIAS
from .contact import eat, fight, give, hug, kiss, meet
from .handling import kick, pull, push, set_off, throw
from .linked import flapping, link, t
from .motion import TAU, blur, facing_of, hops, patrol, sway
from .shot import AFLOAT, Actor, Shot, gait, velocity
from .solos import solo


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


DUO = {
    "chase": (chase, 7), "orbit": (orbit, 3), "ride": (ride, 6), "eat": (eat, 6), "kick": (kick, 4), "throw": (throw, 3), "meet": (meet, 4),
    "kiss": (kiss, 3), "hug": (hug, 4), "fight": (fight, 4), "race": (race, 3), "push": (push, 2.5), "pull": (pull, 2), "give": (give, 2.5),
    "set-off": (set_off, 2),
}
"""Verb -> (motion, how often)."""
LATER = ("eat", "meet", "kiss", "hug", "fight")
"""Verbs that can begin after the subject has done something else."""
