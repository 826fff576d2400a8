"""Verbs that one actor does alone. Each changes the actor's state in place; `t` is the verb's own clock (it may start late or stop
early), `anchored` means: begin where the actor stands now."""

import numpy as np

from ..state import FACE, H, LEAN, LEG, RATE, ROT, SQUASH, X
from .events import appear, climb, explode, fall, float_up, grow, hide, launch, shrink, vanish
from .gestures import breathe, celebrate, cry, gather, laugh, meeting, play, shake, sing, sleep, speech, swing, turn, wave, work
from .motion import TAU, beat, hops, ramp, smooth, sway
from .shot import Actor, Shot
from .travel import fly, locomotion, parkour, roll


def idle(shot, a, t, anchored, rng):
    breathe(a.state, t, rng)
    if rng.random() < 0.25:
        turn(a.state, t, 2.0)


def look(shot, a, t, anchored, rng):
    s = a.state
    breathe(s, t, rng)
    for k in range(6):
        turn(s, t, 1.0 + k * 1.5)
    s[:, LEAN] += 0.1 * np.sin(TAU * 0.35 * t + beat(rng))


def sit(shot, a, t, anchored, rng):
    breathe(a.state, t, rng, 0.7)
    a.state[:, SQUASH] -= 0.22 * (ramp(t, 0, 0.5) if anchored else 1)
    a.state[:, LEG] = 0


def walk(shot, a, t, anchored, rng):
    kind = a.noun.kind
    if kind in ("fly", "air"):
        fly(shot, a, t, anchored, rng)
    else:
        locomotion(shot, a, t, "swim" if kind == "swim" else "walk", anchored, rng)


def run(shot, a, t, anchored, rng):
    kind = a.noun.kind
    if kind in ("fly", "air"):
        fly(shot, a, t, anchored, rng)
    else:
        locomotion(shot, a, t, "drive" if kind in ("road", "water") else "run", anchored, rng)


def drive(shot, a, t, anchored, rng):
    locomotion(shot, a, t, "drive", anchored, rng)


def swim(shot, a, t, anchored, rng):
    a.state[:, H] += 0 if shot.set in ("underwater", "sky", "space") else -0.02
    locomotion(shot, a, t, "swim", anchored, rng)


def slide(shot, a, t, anchored, rng):
    locomotion(shot, a, t, "slide", anchored, rng)


def jump(shot, a, t, anchored, rng):
    s = a.state
    period = float(rng.choice([0.875, 1.125])) / np.sqrt(shot.speed)
    height = min(rng.uniform(0.3, 0.55), shot.headroom(a) * 0.85)
    phase = 0.0 if anchored else 0.5 * int(rng.integers(2))
    high, squash = hops(t, period, height, phase)
    on = ramp(t, -0.1, 0.1) if anchored else 1.0
    s[:, H] += high * on
    s[:, SQUASH] += squash * on
    if rng.random() < 0.4 and not shot.still:
        side = float(rng.choice([-1, 1]))
        u = ((t / period + phase) % 1.0 > 0.24).astype(float)
        way = np.cumsum(u) / RATE * 0.35 * shot.pace
        s[:, X] += side * np.interp(np.abs(way - way[0]) % 2.4, [0, 0.6, 1.8, 2.4], [0, 0.6, -0.6, 0]) * 0.4
        s[:, FACE] = side


def bounce(shot, a, t, anchored, rng):
    s = a.state
    room = shot.headroom(a)
    period = float(rng.choice([0.875, 1.0]))
    high, squash = hops(t, period, min(rng.uniform(0.5, 0.8), room * 0.9), 0.0 if anchored else 0.5 * int(rng.integers(2)), 0.14, 0.3)
    s[:, H] += high
    s[:, SQUASH] += squash
    if a.noun.kind == "thing":
        s[:, ROT] += 0.05 * s[0, FACE] * t
    if rng.random() < 0.5 and not shot.still:
        s[:, X] += sway(rng, t, 0.12, 0.25 * shot.half)


def dance(shot, a, t, anchored, rng):
    s = a.state
    f = float(rng.choice([0.8, 1.0])) * shot.speed**0.5
    ph = beat(rng)
    s[:, SQUASH] += 0.13 * np.sin(2 * TAU * f * t + ph)
    s[:, LEAN] += 0.22 * np.sin(TAU * f * t + ph / 2)
    s[:, ROT] += 0.03 * np.sin(TAU * f * t + ph / 2 + 0.6)
    s[:, X] += min(0.1, a.wide * 0.18) * np.sin(np.pi * f * t + ph)
    s[:, H] += np.maximum(0, 0.1 * np.sin(2 * TAU * f * t + ph))
    s[:, FACE] *= np.where(np.sin(np.pi * f / 2 * t + ph) >= 0, 1.0, -1.0)
    if a.noun.gait != "none":
        s[:, LEG] = 0.5
    if rng.random() < 0.4:
        shot.effect("musical-notes" if rng.random() < 0.5 else "musical-note", a, 0.3, 20)


def spin(shot, a, t, anchored, rng):
    s = a.state
    if a.noun.kind == "walk" and rng.random() < 0.6:  # a pirouette: sharp turns with a hop, never a paper-thin side
        f = 1.0 * shot.speed
        s[:, FACE] *= np.where(np.sin(TAU * f * t + 0.1) >= 0, 1.0, -1.0)
        s[:, H] += 0.06 + 0.04 * np.sin(2 * TAU * f * t)
        s[:, SQUASH] += 0.06
    else:
        s[:, ROT] -= s[0, FACE] * float(rng.choice([0.4, 0.6])) * shot.speed * np.maximum(t, 0 if anchored else -9)


def flip(shot, a, t, anchored, rng):
    s = a.state
    period = 1.25
    high, squash = hops(t, period, min(0.5, shot.headroom(a) * 0.85), 0.0)
    u = np.clip(((t / period) % 1.0 - 0.24) / 0.76, 0, 1)
    s[:, ROT] += -s[0, FACE] * (np.floor(t / period) - np.floor(t[0] / period) + smooth(u) - smooth(u[0]))
    s[:, H] += high
    s[:, SQUASH] += squash


SOLO = {
    "idle": (idle, 4), "walk": (walk, 6), "run": (run, 7), "jump": (jump, 5), "fly": (fly, 4), "swim": (swim, 3), "roll": (roll, 2.5),
    "bounce": (bounce, 2.5), "dance": (dance, 5), "spin": (spin, 2.5), "fall": (fall, 2.5), "float": (float_up, 2), "grow": (grow, 2),
    "shrink": (shrink, 1.5), "explode": (explode, 2), "sleep": (sleep, 3), "wave": (wave, 2), "shake": (shake, 1.5), "climb": (climb, 1.5),
    "work": (work, 1.5), "launch": (launch, 2.5), "appear": (appear, 2), "vanish": (vanish, 1.7), "sit": (sit, 2), "drive": (drive, 2.5),
    "hide": (hide, 1.7), "look": (look, 2), "swing": (swing, 1.5), "speech": (speech, 3), "cry": (cry, 1.5), "laugh": (laugh, 1.5),
    "sing": (sing, 2), "celebrate": (celebrate, 2.5), "parkour": (parkour, 2), "slide": (slide, 2), "flip": (flip, 2),
    "play": (play, 1.5), "meeting": (meeting, 2), "gather": (gather, 2),
}
"""Verb -> (motion, how often)."""
MOBILE = {"walk", "run", "drive", "fly", "swim", "slide", "parkour", "roll"}
"""Verbs that take an actor along a track."""
RISING = {"fall", "launch", "float", "climb", "rain", "set-off", "throw"}
"""Verbs that may leave the frame at the top."""
ONCE = {"grow", "shrink", "explode", "appear", "vanish", "fall", "launch", "hide"}
"""One-off events: in a second window they happen there, or have happened before."""


def solo(shot: Shot, actor: Actor, verb: str, t: np.ndarray, anchored: bool, rng: np.random.Generator) -> None:
    """Performs a solo verb on the actor's state, in place."""
    SOLO[verb][0](shot, actor, t, anchored, rng)
    actor.state[:, LEG] = np.clip(actor.state[:, LEG], 0, 1)
