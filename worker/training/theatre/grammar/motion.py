"""Closed-form motion primitives: functions of an array of seconds. Principles of animation (Thomas & Johnston 1981): easing,
anticipation, squash and stretch, arcs, follow-through."""

import numpy as np

TAU = 2 * np.pi


def smooth(u):
    """Smoothstep of a clipped 0..1 value."""
    u = np.clip(u, 0, 1)
    return u * u * (3 - 2 * u)


def ramp(t, start, end):
    """0 before `start`, 1 after `end`, eased between."""
    return smooth((t - start) / max(end - start, 1e-3))


def bump(t, centre, width):
    """A bell of height 1."""
    return np.exp(-(((t - centre) / width) ** 2))


def sway(rng, t, hertz, amount):
    """A sine that starts up or down. Phases, here and elsewhere, are drawn from two or four and not from the whole circle: the beat of a
    dance need not differ from clip to clip, and what does not differ is learned soon."""
    return amount * np.sin(TAU * hertz * t + beat(rng))


def beat(rng):
    """A phase: one of two."""
    return np.pi * int(rng.integers(2))


def hops(t, period, height, phase=0.0, contact=0.24, land=0.22):
    """Ballistic hops with anticipation and landing squash. Returns (height, squash)."""
    u = (t / period + phase) % 1.0
    a = np.clip((u - contact) / (1 - contact), 0, 1)
    high = height * 4 * a * (1 - a)
    squash = np.where(u < contact, -np.sin(np.pi * u / contact) * land, 0.16 * np.exp(-(((a - 0.12) / 0.12) ** 2)))
    return high, squash


def drop(t, height, gravity, start, restitution=0.5, bounces=6):
    """Falls from `height` at `start`, bounces and comes to rest. Returns (height, squash)."""
    high = np.where(t < start, height, 0.0)
    squash = np.zeros_like(t)
    landed = start + np.sqrt(2 * height / gravity)
    falling = (t >= start) & (t < landed)
    high = np.where(falling, height - 0.5 * gravity * (t - start) ** 2, high)
    speed, at = np.sqrt(2 * gravity * height), landed
    for _ in range(bounces):
        squash -= 0.24 * min(1.0, speed / 2.4) * bump(t, at + 0.03, 0.11)
        speed *= restitution
        if speed < 0.15:
            break
        length = 2 * speed / gravity
        u = t - at
        high = np.where((u >= 0) & (u < length), speed * u - 0.5 * gravity * u * u, high)
        at += length
    return np.maximum(high, 0), squash


def patrol(distance, low, high):
    """Position after walking `distance` back and forth between two marks, starting at `low`; below `low` before distance 0 (an entrance)."""
    span = max(high - low, 1e-3)
    folded = np.abs((distance + span) % (2 * span) - span)
    return np.where(distance < 0, low + distance, low + folded)


def blur(values, sigma):
    """Gaussian smoothing over keys along axis 0, ends extrapolated linearly so that speed is kept."""
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    head = values[0] + (values[0] - values[1]) * np.arange(reach, 0, -1)
    tail = values[-1] + (values[-1] - values[-2]) * np.arange(1, reach + 1)
    return np.convolve(np.concatenate([head, values, tail]), kernel, "valid")


def facing_of(speed, start, dead=0.12):
    """Facing from horizontal speed: +-1, flips within one key, keeps its side below `dead` units a second."""
    sign = np.where(np.abs(speed) > dead, np.sign(speed), 0.0)
    index = np.where(sign != 0, np.arange(len(sign)), -1)
    last = np.maximum.accumulate(index)
    moved = np.nonzero(sign)[0]
    first = sign[moved[0]] if len(moved) else (1.0 if start >= 0 else -1.0)
    return np.where(last >= 0, sign[np.maximum(last, 0)], first)


def slow_stop(t, end, over=0.5):
    """A clock that runs with t and comes to a soft halt at `end`."""
    u = np.clip((t - (end - over)) / over, 0, 1)
    return np.where(t < end - over, t, end - over + over * (u - 0.5 * u * u))
