"""Verbs that one does in place: sleep, speak, laugh, play ..."""

import numpy as np

from ..state import FACE, FLAP, H, LEAN, LEG, ROT, SQUASH, X
from .motion import TAU, beat, bump, hops, ramp, sway
from .shot import gait


def breathe(s, t, rng, amount=1.0):
    """What everybody does when nothing else happens."""
    s[:, SQUASH] += sway(rng, t, 0.5, 0.035 * amount)
    s[:, LEAN] += sway(rng, t, 0.22, 0.03 * amount)


def turn(s, t, at):
    """Turns round within a key, with a little hop."""
    s[:, FACE] *= np.where(t > at, -1.0, 1.0)
    s[:, H] += 0.05 * bump(t, at, 0.12)


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


def work(shot, a, t, anchored, rng):
    s = a.state
    s[:, SQUASH] += 0.05 * np.sin(TAU * 1.5 * t) - 0.05
    s[:, LEAN] += 0.09 + 0.05 * np.sin(TAU * 0.75 * t)


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
