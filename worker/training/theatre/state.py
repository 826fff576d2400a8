"""The shape of a clip: channels, keys, slots, and the scales that make every channel's spread about one half.

World units: the frame is 2 high, y up, (0, 0) its centre. A key holds for every slot
presence (1 there, -1 not), x, y (where on the ground: smaller is nearer), height above the ground, log2 of the sprite canvas' height,
rotation (turns, counter-clockwise), facing (1 right, -1 left), squash (log of the vertical stretch), lean (shear towards facing),
leg and wing/fin amplitude (the stage has the clock), z-bias (drawn in front). The camera slot uses x, y, log2 zoom, rotation (roll), squash (shake).
"""

import numpy as np

CHANNELS = ["presence", "x", "y", "height", "log2Size", "rotation", "facing", "squash", "lean", "leg", "flap", "zBias"]
PRES, X, Y, H, SIZE, ROT, FACE, SQUASH, LEAN, LEG, FLAP, ZBIAS = range(12)
D = len(CHANNELS)
POSITION = (X, Y, H)
"""The channel group that a brush stroke pins."""

K = 10
"""Actor slots; slot K is the camera."""
RATE = 8
"""Keys a second."""
CURTAIN = 7
"""Keys before t = 0 in a window; key CURTAIN is t = 0."""
T = 48
"""Keys in a window: t = -0.875 .. 5.0."""
STRIDE = T - CURTAIN - 1
"""A continuation's key 0 is its predecessor's key STRIDE (40 = 5 seconds)."""
LONG = T + STRIDE
"""Keys of a whole two-window clip: t = -0.875 .. 10.0."""

TIME = (np.arange(LONG) - CURTAIN) / RATE

SCALES = np.array([1, 1.0, 0.3, 0.5, 1.2, 0.2, 1, 0.08, 0.1, 0.5, 0.5, 0.15], np.float32)
CAMERA_SCALES = np.array([1, 0.45, 0.25, 1, 0.3, 0.015, 1, 0.5, 1, 1, 1, 1], np.float32)


def scale_table() -> np.ndarray:
    """[K + 1, 1, D]: divide a state by it for the model, multiply the model's output by it."""
    return np.concatenate([np.repeat(SCALES[None], K, 0), CAMERA_SCALES[None]])[:, None]


def empty(keys: int = LONG) -> np.ndarray:
    """A slot nobody stands in."""
    state = np.zeros((keys, D))
    state[:, PRES] = -1
    return state
