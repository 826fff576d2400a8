"""The camera: one unmistakable track per named move, a gentle drift when nothing is said, and arbitrary tracks that the words'
camera axes will later give as known keys."""

import numpy as np

from ..state import D, LONG, ROT, SIZE, SQUASH, TIME, X, Y
from ..words import HALF_WIDTHS
from .motion import blur, ramp, smooth
from .shot import Shot

t = TIME


def shoot(shot: Shot) -> None:
    """Fills the shot's camera track from its camera word; called after the actors have moved."""
    rng, cam, half = shot.rng, shot.camera, HALF_WIDTHS[shot.aspect]
    word = shot.camera_word
    strength = rng.uniform(0.85, 1.15)
    wide = min(half, 1.3)
    if shot.follow is not None:
        cam[:, X] = blur(shot.follow.state[:, X] * 0.98, 3.0)
    if word == "push-in":
        zoom = 0.11 * strength * np.minimum(t + 0.9, 5.9) + 0.05 * np.maximum(t - 5, 0)
        cam[:, SIZE] += zoom
        cam[:, Y] -= 0.1 * (2**zoom - 1)
    elif word == "pull-out":
        cam[:, SIZE] += 0.56 - 0.11 * strength * np.minimum(t + 0.9, 5.9) - 0.04 * np.maximum(t - 5, 0)
        cam[:, Y] -= 0.1 * (2 ** cam[:, SIZE] - 1)
    elif word in ("pan-left", "pan-right"):
        side = 1.0 if word == "pan-right" else -1.0
        rate = 0.24 * strength * wide
        cam[:, X] += side * (rate * np.minimum(t - 2.2, 2.8) + 0.6 * rate * np.maximum(t - 5, 0))
    elif word in ("crane-up", "crane-down"):
        side = 1.0 if word == "crane-up" else -1.0
        rise = 0.085 * strength * (np.minimum(t - 2.2, 2.8) + 0.35 * np.maximum(t - 5, 0))
        cam[:, Y] += side * rise + 0.1
        cam[:, SIZE] += 0.08
    elif word == "orbit":
        phase = 2 * np.pi * rng.uniform(0.17, 0.21) * t + rng.choice([0, np.pi]) + rng.uniform(-0.4, 0.4)
        cam[:, X] += 0.34 * wide * strength * np.sin(phase)
        cam[:, ROT] += 0.012 * np.cos(phase)
        cam[:, SIZE] += 0.1 + 0.06 * np.cos(phase)
    elif word == "zoom-fast":
        at = shot.event(1.2, 2.4)
        cam[:, SIZE] += 0.72 * strength * ramp(t, at, at + 0.45)
        cam[:, Y] -= 0.1 * (2 ** cam[:, SIZE] - 1)
    elif word == "handheld":
        cam[:, X] += strength * (0.045 * np.sin(2 * np.pi * 0.6 * t) + 0.02 * np.sin(2 * np.pi * 1.1 * t + 1))
        cam[:, Y] += strength * (0.03 * np.sin(2 * np.pi * 0.8 * t + 2) + 0.012 * np.sin(2 * np.pi * 1.4 * t))
        cam[:, ROT] += 0.006 * np.sin(2 * np.pi * 0.5 * t)
    elif word == "" and shot.follow is None:
        cam[:, SIZE] += smooth((t + 0.9) / 11) * rng.uniform(-0.03, 0.18)
        cam[:, X] += (t - 2.5) * rng.uniform(-0.02, 0.02)
    cam[:, SQUASH] = np.clip(cam[:, SQUASH], 0, 1)


def aim(shot: Shot, centre: np.ndarray) -> None:
    """Zooms keep their subject in the frame: the closer, the more the camera turns to `centre` (x over time)."""
    if shot.camera_word in ("push-in", "pull-out", "zoom-fast") and shot.follow is None:
        close = 1 - 2.0 ** -shot.camera[:, SIZE]
        shot.camera[:, X] += blur(centre, 5.0) * np.clip(close * 2, 0, 1)


def free_track(rng: np.random.Generator, aspect: int) -> np.ndarray:
    """A track made of a member's camera axes: eased ramps on one to three of x, y, zoom and roll."""
    cam = np.zeros((LONG, D))
    wide = min(HALF_WIDTHS[aspect], 1.3)
    axes = rng.permutation(4)[: int(rng.integers(1, 4))]
    start, end = (0.0, 5.0) if rng.random() < 0.6 else (0.0, 10.0)
    for axis in axes:
        channel, amount = ((X, 0.5 * wide), (Y, 0.3), (SIZE, 0.5), (ROT, 0.02))[int(axis)]
        path = (t - start) / (end - start)
        path = np.clip(path, 0, 1) if rng.random() < 0.5 else smooth(path)
        cam[:, channel] += rng.uniform(-1, 1) * amount * path
    return cam
