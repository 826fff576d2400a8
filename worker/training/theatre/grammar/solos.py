"""Verbs that one actor does alone. Each changes the actor's state in place; `t` is the verb's own clock (it may start late or stop
early), `anchored` means: begin where the actor stands now."""

import numpy as np

from ..state import FACE, FLAP, H, LEAN, LEG, PRES, RATE, ROT, SIZE, SQUASH, X
from ..words import HALF_WIDTHS
from .motion import TAU, beat, bump, drop, hops, ramp, smooth, sway
from .shot import Actor, Shot, gait
from .travel import fly, locomotion, parkour, roll


def breathe(s, t, rng, amount=1.0):
    """What everybody does when nothing else happens."""
    s[:, SQUASH] += sway(rng, t, 0.5, 0.035 * amount)
    s[:, LEAN] += sway(rng, t, 0.22, 0.03 * amount)


def idle(shot, a, t, anchored, rng):
    breathe(a.state, t, rng)
    if rng.random() < 0.25:
        turn(a.state, t, 2.0)


def turn(s, t, at):
    """Turns round within a key, with a little hop."""
    s[:, FACE] *= np.where(t > at, -1.0, 1.0)
    s[:, H] += 0.05 * bump(t, at, 0.12)


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


def fall(shot, a, t, anchored, rng):
    s = a.state
    start = rng.uniform(0.2, 0.9) + shot.late
    above = shot.top - shot.floor + 0.35
    high, squash = drop(t, above, rng.uniform(3.6, 5.0), start, 0.42)
    s[:, H] = high
    s[:, SQUASH] += squash
    s[:, ROT] += rng.uniform(-0.5, 0.5) * np.clip(high / above, 0, 1)


def float_up(shot, a, t, anchored, rng):
    s = a.state
    room = shot.headroom(a)
    if rng.random() < 0.6:
        s[:, H] = s[:, H] * 0 + room * (0.1 + 0.75 * smooth((t + 0.5) / rng.uniform(5.0, 8.0)))
    else:
        s[:, H] = room * 0.45 * (ramp(t, 0, 1.2) if anchored else 1)
    s[:, H] += sway(rng, t, 0.22, 0.05)
    s[:, X] += sway(rng, t, 0.18, 0.08)
    s[:, ROT] += sway(rng, t, 0.16, 0.025)


def grow(shot, a, t, anchored, rng):
    s = a.state
    start, end = shot.event(0.3, 0.9), shot.event(3.4, 4.4)
    most = np.log2(max(1.15, min(2.6, (shot.top - shot.floor) / a.tall, 1.8 * shot.half / a.wide)))
    s[:, SIZE] += -1.15 + (1.15 + most * rng.uniform(0.6, 1.0)) * ramp(t, start, end)
    s[:, SQUASH] += 0.07 * np.sin(TAU * 1.6 * t) * (t > start) * (t < end)


def shrink(shot, a, t, anchored, rng):
    s = a.state
    s[:, SIZE] += 0.1 - ramp(t, shot.event(0.4, 0.9), shot.event(3.6, 4.5)) * rng.uniform(1.6, 2.1)


def explode(shot, a, t, anchored, rng):
    s = a.state
    at = shot.event(2.2, 3.2)
    s[:, SIZE] += 0.32 * ramp(t, at - 1.3, at)
    s[:, X] += 0.03 * np.sin(TAU * 3 * t) * (t > at - 1.3) * (t < at)
    back = at + rng.uniform(3.2, 3.8)
    s[:, PRES] = np.where((t < at) | (t > back), 1.0, -1.0)
    s[:, SIZE] -= np.where(t > at, 0.32 + 1.5 * (1 - ramp(t, back, back + 0.4)), 0)
    shot.effect("collision", a, at, 0.9)
    shot.camera[:, SQUASH] += 0.8 * bump(t, at + 0.2, 0.3)


def sleep(shot, a, t, anchored, rng):
    s = a.state
    on = ramp(t, 0, 0.7) if anchored else 1.0
    s[:, SQUASH] += (-0.12 + 0.05 * np.sin(TAU * 0.35 * t)) * on
    s[:, LEAN] += 0.07 * on
    s[:, LEG] = 0
    s[:, FLAP] *= 0.0
    if a.noun.kind in ("fly", "air"):
        s[:, H] *= 1 - on
    shot.effect("zzz", a, 3.0 if anchored else 0.3, 20)


def wave(shot, a, t, anchored, rng):
    s = a.state
    f = 1.0
    s[:, LEAN] += 0.17 * np.sin(TAU * f * t)
    s[:, SQUASH] += 0.05 * np.sin(2 * TAU * f * t)
    s[:, H] += np.maximum(0, 0.06 * np.sin(TAU * f * t))


def shake(shot, a, t, anchored, rng):
    s = a.state
    s[:, X] += 0.04 * np.sin(TAU * 2.4 * t)
    s[:, ROT] += 0.016 * np.sin(TAU * 2.4 * t)


def climb(shot, a, t, anchored, rng):
    s = a.state
    s[:, H] = shot.headroom(a) * 0.85 * smooth((t + 0.4) / 6.0) + 0.04 * np.maximum(0, np.sin(TAU * 1.3 * t))
    s[:, LEAN] += 0.1 * np.sin(TAU * 1.3 * t)
    gait(a, 0.8, rng)


def launch(shot, a, t, anchored, rng):
    s = a.state
    s[:, H] = 0
    at = shot.event(0.9, 1.6)
    u = np.maximum(t - at, 0)
    landing = at + rng.uniform(4.8, 5.4)  # a ten-second clip brings it back
    s[:, H] = np.minimum(rng.uniform(0.28, 0.4) * u**2, 2.6) * (1 - ramp(t, landing, landing + 2.6))
    s[:, X] += 0.015 * np.sin(TAU * 3.3 * t) * (t < at + 0.6)
    s[:, SQUASH] += -0.12 * bump(t, at - 0.2, 0.25) + 0.12 * ramp(t, at, at + 0.5)
    s[:, FLAP] = 0
    shot.effect("dashing-away" if rng.random() < 0.5 else "fire", a, at - 0.4, 1.6)


def appear(shot, a, t, anchored, rng):
    s = a.state
    at = shot.event(0.5, 1.4)
    s[:, PRES] = np.where(t < at, -1.0, 1.0)
    s[:, SIZE] += -1.6 * (1 - ramp(t, at, at + 0.35)) + np.where(t > at, 0.18 * np.sin(np.clip((t - at - 0.2) / 0.9, 0, 1) * TAU), 0)
    breathe(s, t, rng)
    shot.effect("sparkles", a, at, 1.0)


def vanish(shot, a, t, anchored, rng):
    s = a.state
    at = shot.event(2.4, 3.6)
    s[:, SIZE] -= 2.2 * ramp(t, at, at + 0.4)
    s[:, PRES] = np.where(t > at + 0.36, -1.0, 1.0)
    s[:, SQUASH] += 0.2 * bump(t, at, 0.15)
    breathe(s, t, rng)
    shot.effect("dashing-away" if rng.random() < 0.5 else "sparkles", a, at + 0.1, 1.0)


def work(shot, a, t, anchored, rng):
    s = a.state
    s[:, SQUASH] += 0.05 * np.sin(TAU * 1.5 * t) - 0.05
    s[:, LEAN] += 0.09 + 0.05 * np.sin(TAU * 0.75 * t)


def hide(shot, a, t, anchored, rng):
    """Slips behind the frame's edge and peeks out."""
    s = a.state
    side = float(np.sign(s[0, X]) or 1.0)
    edge = side * (HALF_WIDTHS[shot.aspect] + a.wide * rng.uniform(0.05, 0.2))
    at = shot.event(0.5, 1.0)
    hidden = ramp(t, at, at + 0.7)
    peek = 0.24 * a.wide * (np.sin(TAU * 0.4 * (t - at)) > 0.2)
    peek = np.convolve(np.pad(peek, 2, mode="edge"), np.ones(5) / 5, "valid")
    s[:, X] += (edge - s[:, X]) * hidden - side * peek * ramp(t, at + 0.8, at + 1.2)
    gait(a, hidden * (1 - ramp(t, at + 0.5, at + 0.8)), rng)
    s[:, FACE] = np.where(t < at + 0.8, side, -side)
    s[:, LEAN] += 0.08 * ramp(t, at + 0.8, at + 1.2)


def swing(shot, a, t, anchored, rng):
    s = a.state
    ph = 0.0 if anchored else beat(rng)
    on = ramp(t, 0, 0.8) if anchored else 1.0
    w = np.sin(TAU * 0.45 * t + ph) * on
    s[:, ROT] += 0.11 * w
    s[:, X] += min(0.24, 0.3 * shot.half) * w
    s[:, H] += min(0.4, shot.headroom(a) * 0.6) * (0.55 + 0.45 * w * w) * on


def speech(shot, a, t, anchored, rng):
    s = a.state
    f = 0.65
    s[:, SQUASH] += 0.05 * np.sin(2 * TAU * f * t)
    s[:, LEAN] += 0.11 * np.sin(TAU * f * t + beat(rng))
    s[:, H] += 0.05 * np.maximum(0, np.sin(TAU * f * t) - 0.6) / 0.4
    shot.effect("speech-balloon", a, rng.uniform(0.4, 1.0) + max(0.0, -float(t[7])), 20)


def cry(shot, a, t, anchored, rng):
    s = a.state
    s[:, SQUASH] += -0.1 + 0.04 * np.sin(TAU * 2.2 * t)
    s[:, LEAN] += 0.12 + 0.03 * np.sin(TAU * 0.4 * t)
    shot.effect("sweat-droplets" if rng.random() < 0.5 else "droplet", a, 0.3, 20)


def laugh(shot, a, t, anchored, rng):
    s = a.state
    s[:, SQUASH] += 0.09 * np.sin(TAU * 2.4 * t)
    s[:, LEAN] += -0.12 + 0.05 * np.sin(TAU * 0.5 * t)
    s[:, H] += np.maximum(0, 0.04 * np.sin(TAU * 2.4 * t))


def sing(shot, a, t, anchored, rng):
    s = a.state
    f = 0.5
    s[:, LEAN] += 0.15 * np.sin(TAU * f * t + beat(rng))
    s[:, SQUASH] += 0.06 * np.sin(2 * TAU * f * t)
    shot.effect("musical-notes" if rng.random() < 0.5 else "musical-note", a, 0.3, 20)


def celebrate(shot, a, t, anchored, rng):
    s = a.state
    high, squash = hops(t, 0.625, min(0.22, shot.headroom(a) * 0.7), 0.5 * int(rng.integers(2)))
    s[:, H] += high
    s[:, SQUASH] += squash * 0.7
    s[:, LEAN] += 0.16 * np.sin(TAU * 0.8 * t + beat(rng))
    if rng.random() < 0.6:
        shot.effect("sparkles" if rng.random() < 0.5 else "party-popper", a, 0.4, 20)


def play(shot, a, t, anchored, rng):
    """Plays about: skips, turns, hops to and fro."""
    s = a.state
    high, squash = hops(t, 0.75, min(0.16, shot.headroom(a) * 0.6), 0.0)
    s[:, H] += high
    s[:, SQUASH] += squash * 0.7
    way = sway(rng, t, 0.22, min(0.3, 0.25 * shot.half))
    s[:, X] += way - way[0] * anchored
    s[:, FACE] = np.where(np.gradient(way) >= 0, 1.0, -1.0)
    gait(a, 0.7, rng)


def flip(shot, a, t, anchored, rng):
    s = a.state
    period = 1.25
    high, squash = hops(t, period, min(0.5, shot.headroom(a) * 0.85), 0.0)
    u = np.clip(((t / period) % 1.0 - 0.24) / 0.76, 0, 1)
    s[:, ROT] += -s[0, FACE] * (np.floor(t / period) - np.floor(t[0] / period) + smooth(u) - smooth(u[0]))
    s[:, H] += high
    s[:, SQUASH] += squash


def meeting(shot, a, t, anchored, rng):
    """Alone at the table: sits, nods, explains."""
    s = a.state
    s[:, SQUASH] += -0.06 + 0.05 * np.sin(TAU * 0.75 * t + beat(rng))
    s[:, LEAN] += 0.1 * np.sin(TAU * 0.4 * t + beat(rng))
    shot.effect("speech-balloon", a, rng.uniform(0.4, 2.5), rng.uniform(2, 20))


def gather(shot, a, t, anchored, rng):
    """Close together, happy, swaying."""
    s = a.state
    f, ph = 0.5, beat(rng)
    s[:, LEAN] += 0.08 * np.sin(TAU * f * t + ph)
    s[:, SQUASH] += 0.07 * np.sin(2 * TAU * f * t + ph)
    s[:, H] += np.maximum(0, 0.05 * np.sin(2 * TAU * f * t + ph))
    if rng.random() < 0.35:
        shot.effect("red-heart" if rng.random() < 0.5 else "sparkles", a, rng.uniform(0.4, 1.5), 20)


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
