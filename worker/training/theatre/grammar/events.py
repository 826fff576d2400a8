"""Verbs that happen to one: fall, grow, launch, vanish ..."""

import numpy as np

from ..state import FACE, FLAP, H, LEAN, PRES, ROT, SIZE, SQUASH, X
from ..words import HALF_WIDTHS
from .gestures import breathe
from .motion import TAU, bump, drop, ramp, smooth, sway
from .shot import gait


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
