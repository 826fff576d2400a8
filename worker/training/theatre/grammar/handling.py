"""Verbs of what one does to a thing: kick, throw, push, pull, set off."""

import numpy as np

from ..links import anchor
from ..state import FACE, FLAP, H, LEAN, PRES, ROT, SIZE, SQUASH, X, Y, ZBIAS
from .linked import link, t
from .motion import TAU, bump, hops, ramp
from .shot import Actor, Shot, gait, velocity


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
