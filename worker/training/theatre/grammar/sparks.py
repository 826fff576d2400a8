"""Effects: hearts, notes, zzz, speech balloons, stars. Each is a slot of its own, linked to its actor ('effect')."""

import numpy as np

from ..state import FACE, H, LONG, PRES, RATE, ROT, SIZE, TIME, X, ZBIAS
from ..words import BY_ID
from .motion import ramp
from .shot import Actor, Shot

RISING_UP = ("zzz", "red-heart", "two-hearts", "sparkling-heart", "musical-note", "musical-notes", "anger-symbol", "broken-heart")

VERB_EFFECTS: dict[str, list[str]] = {
    "sleep": ["zzz"], "kiss": ["red-heart", "sparkling-heart"], "hug": ["two-hearts", "red-heart"], "meet": ["speech-balloon"],
    "meeting": ["speech-balloon"], "speech": ["speech-balloon"], "play": ["musical-note", "musical-notes"], "sing": ["musical-notes", "musical-note"],
    "dance": ["musical-notes", "musical-note"], "explode": ["collision"], "fight": ["collision"], "launch": ["dashing-away", "fire"],
    "appear": ["sparkles"], "vanish": ["dashing-away", "sparkles"], "cry": ["sweat-droplets", "droplet"], "celebrate": ["sparkles", "party-popper"],
    "set-off": ["fireworks"], "eat": ["red-heart"], "kick": ["collision"], "gather": ["red-heart", "sparkles"],
}
"""Verb -> effects that go with it (the first is the usual one). The script asks for them as slots: attach 'effect', partner the actor,
verbAsPartner the verb."""

MOOD_EFFECTS: dict[str, list[str]] = {
    "angry": ["anger-symbol"], "sad": ["broken-heart", "droplet"], "scared": ["sweat-droplets"], "excited": ["sparkles"],
    "happy": ["sparkles", "red-heart"],
}
"""The same for moods."""

ON_OBJECT = ("set-off", "kick")
"""Verbs whose effect belongs to the object."""


def spark(shot: Shot, noun: str, actor: Actor, start: float, length: float) -> Actor:
    """An effect at `actor` from `start` for `length` seconds."""
    rng, t = shot.rng, TIME
    own = BY_ID[noun]
    size = {"collision": 0.9, "fireworks": 2.2, "speech-balloon": 0.52, "dashing-away": 0.7, "fire": 0.6, "sparkles": 0.8}.get(noun, 0.4) * actor.size
    size = float(np.clip(size, 0.22, 1.1))
    s = np.zeros((LONG, 12))
    s[:, PRES] = np.where((t >= start) & (t < start + length), 1.0, -1.0)
    s[:, FACE], s[:, SIZE], s[:, ZBIAS] = 1, np.log2(size / actor.size), 0.3
    share, tall, wide = size / actor.size, actor.noun.h, actor.noun.w
    u = np.maximum(t - start, 0)
    if noun in ("collision", "fireworks"):
        s[:, H] = 0.45 * tall - 0.5 * share * own.h
        s[:, X] = 0.45 * wide if noun == "collision" and actor.verbs[0] == "fight" else 0.0
        pulse = (u % 1.1) / 1.1 if length > 5 else np.clip(u / max(length, 0.1), 0, 1)
        s[:, SIZE] += -1.0 + 1.1 * ramp(pulse, 0, 0.35)
        if length > 5:
            s[:, PRES] = np.where((t >= start) & (pulse < 0.6), 1.0, -1.0)
        s[:, ROT] = 0.03 * np.sin(9 * t)
    elif noun in RISING_UP:
        cycle = rng.uniform(1.5, 2.0)
        phase = (u % cycle) / cycle
        side = float(rng.choice([-1, 1]))
        s[:, H] = tall * 0.86 + 0.42 * phase
        s[:, X] = side * 0.28 * wide + 0.05 * np.sin(7 * phase)
        s[:, SIZE] += -0.35 + 0.5 * phase
        s[:, PRES] = np.where((t >= start) & (t < start + length) & (phase < 0.9), 1.0, -1.0)
    elif noun == "speech-balloon":
        s[:, H] = tall * 0.9
        s[:, X] = 0.42 * wide * (actor.state[:, FACE] if actor.parent is None else 1)
        s[:, SIZE] += -0.9 + 0.9 * ramp(t, start, start + 0.3)
        s[:, ROT] = 0.01 * np.sin(5 * t)
        if length > 5:
            s[:, PRES] = np.where((t >= start) & ((u % 2.6) < 2.0), 1.0, -1.0)
    elif noun in ("sweat-droplets", "droplet"):
        phase = (u % 1.1) / 1.1
        s[:, H] = tall * (0.72 - 0.25 * phase)
        s[:, X] = 0.4 * wide
        s[:, SIZE] -= 0.3
        s[:, PRES] = np.where((t >= start) & (phase < 0.85), 1.0, -1.0)
    elif noun in ("sparkles", "party-popper"):
        s[:, H] = 0.35 * tall + 0.1
        s[:, X] = 0.45 * wide * float(rng.choice([-1, 1]))
        s[:, SIZE] += -0.4 + 0.5 * ramp(u, 0, 0.5) + 0.12 * np.sin(5 * t)
    else:  # smoke and fire at the feet
        s[:, H] = -0.1
        s[:, SIZE] += -0.4 + 0.8 * ramp(u, 0, 0.6)
    s[:, PRES] = np.where(t < -7 / RATE, -1.0, s[:, PRES])
    made = Actor(own, size, s, attach="effect", parent=actor)
    made.as_partner = actor.verbs[0] or actor.as_partner
    return made
