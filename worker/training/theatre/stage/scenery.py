"""What a set looks like as numbers: the background vector's entries, and the hand-made palettes and flags of every set.

`ENTRIES` is the vector's definition (order, meaning, range). `background(rng, set, time, weather)` draws one plausible
vector: the grammar trains the director on it, and the stage's contact sheets are made from it.
Values lie in [-1, 1] unless said. "amount" and "flag" entries mean (v + 1) / 2, so -1 is absent and 1 is full.
Colours are c * 2 - 1 for c in 0..1; ambient light is (gain - 1) * 3.
"""

import json
from pathlib import Path

import numpy as np

RGB = ("r", "g", "b")


def _colour(name, meaning):
    return [(f"{name}-{c}", "colour", f"{meaning} ({c})", -1, 1) for c in RGB]


ENTRIES = [
    *_colour("top", "sky at the top, or the upper wall of an interior"),
    *_colour("low", "sky at the horizon and haze, or the lower wall"),
    *_colour("far", "ground far away"),
    *_colour("near", "ground near the audience"),
    *_colour("hill", "far hills and the far row of houses"),
    *_colour("mid", "trees and the near row of houses"),
    *_colour("accent", "neon, lanterns, rug, curtain, seats, lollipops"),
    *_colour("ambient", "light on actors and white things, (gain - 1) * 3"),
    ("sun-x", "geometry", "sun or moon, world x", -1.3, 1.3),
    ("sun-y", "geometry", "sun or moon, world y", -0.2, 1),
    ("sun-size", "geometry", "radius * 4", 0, 1),
    ("glow", "amount", "glow round the sun; long warm light", -1, 1),
    ("stars", "amount", "stars; turns the sun into a moon", -1, 1),
    ("horizon", "geometry", "world y of the horizon; -2: none (space)", -2, 0.5),
    ("hill-height", "amount", "far hills", -1, 1),
    ("hill-rugged", "amount", "rolling to alpine", -1, 1),
    ("seed-1", "geometry", "free: which hills, houses, clouds", -1, 1),
    ("seed-2", "geometry", "free: which trees, windows, signs", -1, 1),
    ("clouds", "amount", "clouds", -1, 1),
    ("trees", "amount", "row of trees behind the stage", -1, 1),
    ("leafy", "amount", "trees: conifers to round crowns", -1, 1),
    ("snowcap", "amount", "snow on the hills and trees", -1, 1),
    ("lit", "amount", "lamps and windows are lit", -1, 1),
    ("grain", "amount", "texture of the ground: grass, flowers", -1, 1),
    ("front", "amount", "out-of-focus leaves or things between actors and audience", -1, 1),
    ("vignette", "amount", "darker corners", -1, 1),
    ("skyline", "flag", "two rows of towers", -1, 1),
    ("town", "flag", "row of small gabled houses", -1, 1),
    ("water", "flag", "the ground is water", -1, 1),
    ("shore", "flag", "sea behind, sand in front", -1, 1),
    ("road", "flag", "tarmac with lane marks", -1, 1),
    ("paving", "flag", "tiles on the ground", -1, 1),
    ("stripe", "flag", "the ground is a rainbow", -1, 1),
    ("rows", "flag", "crop rows and a fence", -1, 1),
    ("room", "flag", "an interior: wall, floor, skirting", -1, 1),
    ("home", "flag", "with room: window, pictures, lamp, rug", -1, 1),
    ("office", "flag", "with room: glass front over the skyline, ceiling lights", -1, 1),
    ("kitchen", "flag", "with room: tiles, shelf, cupboards", -1, 1),
    ("school", "flag", "with room: blackboard, frieze", -1, 1),
    ("stage", "flag", "with room: curtains, spotlights", -1, 1),
    ("bus", "flag", "with room: windows with the street passing, rail, straps, seats", -1, 1),
    ("roof", "flag", "the ground is a roof with a parapet above the skyline", -1, 1),
    ("neon", "flag", "neon signs, wet reflections, rails of light", -1, 1),
    ("lantern", "flag", "strings of lanterns overhead", -1, 1),
    ("magic", "flag", "glowing mushrooms, light shafts, mist, huge trunks", -1, 1),
    ("castle", "flag", "towers and walls on the far hill", -1, 1),
    ("pagoda", "flag", "sweeping tiled roofs in the far row", -1, 1),
    ("lava", "flag", "a volcano with glowing streams", -1, 1),
    ("planet", "flag", "a huge ringed planet in the sky", -1, 1),
    ("arc", "flag", "a rainbow across the sky", -1, 1),
    ("aurora", "amount", "northern lights", -1, 1),
    ("stadium", "flag", "stands full of people, striped pitch, floodlights", -1, 1),
    ("candy", "flag", "lollipops and ice-cream hills", -1, 1),
    ("under", "flag", "under water: rays, caustics, kelp", -1, 1),
    ("rain", "amount", "rain", -1, 1),
    ("snow", "amount", "falling snow", -1, 1),
    ("petals", "amount", "blossom on the wind", -1, 1),
    ("leaves", "amount", "autumn leaves on the wind", -1, 1),
    ("bubbles", "amount", "rising bubbles", -1, 1),
    ("fog", "amount", "fog banks", -1, 1),
    ("fireworks", "amount", "fireworks in the sky", -1, 1),
    ("confetti", "amount", "confetti", -1, 1),
    ("fireflies", "amount", "fireflies, motes of light", -1, 1),
    ("lightning", "amount", "flashes", -1, 1),
]
NAMES = [e[0] for e in ENTRIES]
INDEX = {n: i for i, n in enumerate(NAMES)}
SIZE = len(NAMES)
FLAGS = [e[0] for e in ENTRIES if e[1] == "flag"]
COLOURS = ("top", "low", "far", "near", "hill", "mid", "accent")

# Hand-mixed palettes per set: top low far near hill mid accent. The first is the default; all are used.
PALETTES = {
    "forest": ["4aa8e8 d6f0dc 8cc765 3f8f3c 7fb5a0 2f7d4a ffd75e", "6fc3d8 eef6cf a9c95a 587f34 8fb89a 3b7a52 ff9f5e", "7fb0e0 ffe6c0 d8b05a a8722e c9a07c b5622e ffcf6a"],
    "magic-forest": ["1d2a6b 5fb8b0 3f9a86 1f4a58 3a6f9a 153a55 ff7ae0", "3a1d6e c08ae0 6a6ac0 2c2a66 6a4fa8 2a1f5a 6af0ff", "0f3f55 8fe0b0 4fae7a 1c5a48 3f8f8a 0f3f44 ffe06a"],
    "sea": ["3f9df0 d8f3ff 4ab8e8 0f5fae 8fc3e6 5aa0c8 ff8a5a", "5ab0e8 fdf0dc 56c0c8 147a92 9ac4c8 5a9aa0 ffd75e", "2f7fd8 bfe6ff 2f9ad8 0a3f86 7aaede 4a86b8 ff7a7a"],
    "underwater": ["2aa5d8 0a4f96 d9c58a 8f8a68 1a6fae 0f5590 ff8f6a", "3ac8c8 0a5f7a e0cf98 a08f6a 1f8a96 0f5f70 ff6aa8", "3f7fe0 10307f c0b8a8 6f6f8a 2a56b0 1a3a80 ffd75e"],
    "beach": ["38a6f2 cdf2ff f3dfaa e8bf78 6fb8e0 49b3dc ff6a5a", "58b8f0 fff0d8 f8e6c0 e0b888 7fc0d8 4fc0c8 ffb03a", "2f96e8 b8ecff fff0cf f0cf90 5fb0e0 2fa8d0 ff7ac0"],
    "river": ["54b0ee e4f6f4 6fc4d8 3a9ab8 94c8a8 4f9f60 ffd75e", "6fb8e8 fff4dc 7fc8c0 3f8f98 a8c890 6a9a50 ff8a5a"],
    "city": ["5aa5ef dbeeff b4b9c6 7d8494 9db4d6 6f7f9e ffb03a", "7ab8f0 fff0e0 c8c0b8 8f8880 c8b8b0 98807f ff6a5a", "4a96e0 cfe4f4 a8b4c4 6a7890 88a8d0 4f6fa0 5ad0c0"],
    "neon-city": ["0c0a2e 5a1f7a 2a2450 100c24 3a2a78 1c1444 ff3ac8", "081a36 0f5a8a 1c3a5a 081424 1f4a86 0c1f40 2af0ff", "1a0826 a02a5a 3a1f44 140a20 5a2060 280f38 ffb02a"],
    "street": ["6ab4f0 fdf0e0 c9c2ba 928a84 e0b89a c88a6a d85a4a", "58a8ec e6f4fa b8bcc0 80868c b8c4d8 a07f98 3a9a8a", "7abcf0 fff4e4 d8ccb8 a89880 f0d0a0 d89a70 e0a03a"],
    "road": ["4fa6ee e2f1fa a8c884 6a9a58 92b6c8 6a9f80 ffd75e", "5fb0ee fff2e0 d8c88a a89a58 c0b89a 9a9a68 ff8a4a"],
    "rooftop": ["5aa0ec e6f0fa b0b0b4 84848c a8b8d4 7484a4 e05a4a", "6aa8e8 ffeedc c0b0a8 948078 d0b8b0 a08088 3ab0c0"],
    "office": ["dfe9f5 f4f8fc b9c3d1 8f9bb0 cfdcec b7c7da 3a7fd8", "efe6da faf6f0 c9b8a4 a08a74 dcd0c0 c8b8a4 3a9a7a", "d6e4e4 eef6f4 a8b8b8 7a9090 c0d4d4 a8c0c0 e0783a"],
    "room": ["f3d9b8 f7e6cf c98f5c a56a3c e8c8a0 d9b48a d8604a", "c8dce8 e4eff4 c8a078 a07850 b0cad8 98b8c8 f0a84a", "e0cfe8 f2e8f6 c89880 a07058 d0bcd8 c0a8c8 5a9ac8", "cfe0c4 ebf3e2 b8905c 8f6a3c bcd0b0 a8c098 e07a5a"],
    "kitchen": ["fbe3c0 fdf1dd d8b48c b98a5c f2cf9a e8bf86 3a9a8a", "cfe8e4 eef8f4 d8c8b0 b0987c b8dcd4 e8f0ec e8784a", "f4d8d0 fdf0ec c8a890 a08068 ecc4b8 f8ece8 c84a4a"],
    "school": ["f6e8c8 fdf6e4 d0a878 a88050 ecd8ac e0c898 2f7a5a", "d4e8f4 f0f8fc c8a884 a0805c c0d8e8 b0ccdc 2f5a7a"],
    "stage": ["2a0f45 6a1f6e 7a3a3a 4a1f2a 4a1a5a 3a1448 c81a3a", "0f1a4a 2a3f8e 5a3f4a 3a2430 1a2a5a 142048 1a4ac8", "3a1a10 8e4a1f 8a4a2a 55281a 5a2a1a 481f14 d8a02a"],
    "bus": ["e4eaf0 f4f6f8 8a94a4 6a7484 c8d4e0 7a8898 2f7fd8", "f0e6d4 faf4e8 949088 747068 dcd0bc 98907c e0603a"],
    "desert": ["4aa3e6 ffe9c4 f0c882 d99a4e e0aa72 cf8e55 c85a3a", "5fb4e8 fff4dc fae0a8 e8b868 f0c890 d8a868 3a9a8a", "6a9ae0 ffd8b8 d88a5a b05a38 c87a54 a85838 ffd75e"],
    "snow": ["7db8ee eaf5ff f6faff d4e4f7 b4cbe8 5f8aa0 e05a5a", "9ac0e8 fdeef0 fbf6fa dcd8f0 c4c4e8 6f80a8 ffb05a"],
    "mountain": ["4c97e6 dcecf8 a0bf82 5f8f58 8298b8 587f88 ffd75e", "6aa4e4 ffeede c8b87a 8f8a4a 9a94b4 6a7a7a ff8a5a"],
    "volcano": ["5a2a3a f0805a 6a4a48 3a2a30 70404a 50303a ff6a2a", "3a2a4a c86a7a 5a4a58 302838 604060 403048 ff8a1a"],
    "moon": ["06061c 1a1838 b8b8c8 80808f 60607a 50506a 5ad0ff", "0a0818 2a1c2c c8b8a8 907f74 7a6a64 645850 ffb05a"],
    "space": ["0b0b2e 2b1a5e 3a2a6e 1a1240 3a2a78 2a1a58 ff8ad0", "04142e 0f3a5e 1a4a6e 0a2440 1a4a78 123458 5af0d0", "1c0a2a 5a1a4a 5a2a5e 2a1038 682a68 481a50 ffc05a"],
    "sky": ["3d8ef0 c8ebff e8f6ff b8dcf8 d0e8fb b8dcf6 ff8a5a", "6a9af0 ffe4e8 fdeef4 e0d0f4 ecdcf8 d8c8f0 ffd75e"],
    "rainbow": ["7aa8ff ffd9f4 ffd0ea c9a6ff d8c4ff f2c8f4 ff7ac8", "6ac4ff fff0d0 d0f4ea a6d8ff c4e8ff c8f4e0 ffb03a"],
    "castle": ["6aa2f0 f3e4f4 9fcb78 5f9f52 a8a6d8 6f94a8 c83a5a", "7ab0e8 fff0dc b8c878 7f9a4a c8b8b0 8a9a80 3a6ac8"],
    "garden": ["58b6f2 e8f8e6 9ed46a 5caa45 9fd0a8 58a45c ff6aa0", "7ac4f4 fff4ec b0d878 6fae4f b8d8a0 6fb060 ffc03a"],
    "farm": ["55aef0 e4f5e0 b8d16a 7fae3c 9cc28a 5d9a4c d84a3a", "6ab8f0 fff2d8 e8cf6a c09a34 b8b878 8f8f4a d84a3a"],
    "park": ["57b2f0 e2f6ea a2d672 62b04c 98cba4 4f9f58 ff8a5a", "78bcf0 fff0dc d0c86a a8963a c8b080 c87a3a ffcf5a", "6ac0f0 f6f0f8 aed884 72b05a b8c8b0 e890b0 ff8ab8"],
    "candy": ["ff9fd0 fff0d8 ffc6e0 f796c0 ffb0d8 b8e6ff ff5a9a", "9fd8ff fff6e8 d8f4e0 a0e0c8 c0e4ff ffc8e0 ff8a3a"],
    "festival": ["2f5ac8 ffd8b0 c8a890 907068 b86a5a a84a3a e8302a", "58a0e8 ffeed8 d0b8a0 9a8070 c87a68 b0483a ffb02a"],
    "stadium": ["4a9cec e0f2fa 6fc04f 4aa038 8a98b8 6a7898 ff5a4a", "58a4ee fdf2e4 7fc858 58a83c a89ab0 887a98 3a8ae0"],
}
SETS = list(PALETTES)
INTERIOR = ("office", "room", "kitchen", "school", "stage", "bus")
AIRLESS = ("space", "moon")

# Everything of a set that is no colour: raw values of amounts and flags (absent ones are -1).
FEATURES = {
    "forest": dict(trees=1, leafy=-0.7, grain=1, front=0.6),
    "magic-forest": dict(trees=1, leafy=0.2, grain=0.6, magic=1, fireflies=0.8, front=0.7, lit=0.6),
    "sea": dict(water=1),
    "underwater": dict(under=1, bubbles=0.5, front=0.2),
    "beach": dict(shore=1, front=0.2),
    "river": dict(water=1, trees=0.3, leafy=0.4),
    "city": dict(skyline=1, road=1),
    "neon-city": dict(skyline=1, road=1, neon=1, lit=1, stars=-0.6),
    "street": dict(town=1, road=1, paving=0.2),
    "road": dict(road=1, trees=-0.1, leafy=0.3, grain=1),
    "rooftop": dict(skyline=1, roof=1),
    "office": dict(room=1, office=1),
    "room": dict(room=1, home=1),
    "kitchen": dict(room=1, kitchen=1),
    "school": dict(room=1, school=1),
    "stage": dict(room=1, stage=1, vignette=1),
    "bus": dict(room=1, bus=1),
    "desert": dict(),
    "snow": dict(trees=0.3, leafy=-1, snowcap=1),
    "mountain": dict(trees=0.3, leafy=-0.8, snowcap=1, grain=1),
    "volcano": dict(lava=1, vignette=0.8),
    "moon": dict(),
    "space": dict(vignette=0.6),
    "sky": dict(),
    "rainbow": dict(stripe=1, arc=0.4),
    "castle": dict(castle=1, trees=0.0, leafy=0.0, grain=1),
    "garden": dict(trees=0.1, leafy=0.8, grain=1, front=0.5),
    "farm": dict(trees=-0.1, leafy=0.7, rows=1, grain=0.3),
    "park": dict(trees=0.4, leafy=0.9, grain=1, front=0.3),
    "candy": dict(candy=1),
    "festival": dict(lantern=1, pagoda=1, paving=1, lit=1),
    "stadium": dict(stadium=1, confetti=-0.4),
}
HORIZON = {"sea": 0.02, "beach": 0.1, "sky": -0.75, "rainbow": -0.25, "office": -0.28, "room": -0.3, "kitchen": -0.3, "school": -0.3,
           "stage": -0.35, "bus": -0.42, "underwater": -0.45, "space": -2.0, "moon": -0.25, "desert": -0.05, "city": -0.12,
           "neon-city": -0.14, "street": -0.16, "road": -0.02, "rooftop": -0.28, "magic-forest": -0.14, "festival": -0.16, "stadium": -0.02}
HILLS = {"mountain": 1.0, "snow": 0.6, "forest": 0.45, "desert": 0.55, "volcano": 0.8, "castle": 0.55, "river": 0.5, "road": 0.45,
         "moon": 0.2, "sea": 0.12, "beach": 0.1, "magic-forest": 0.5, "candy": 0.5, "neon-city": 0, "city": 0, "rooftop": 0.1, "stadium": 0,
         "street": 0.15, "festival": 0.35}
FLAT = (*INTERIOR, "space", "sky", "underwater")
RUGGED = ("mountain", "snow", "volcano", "castle")
VARYING = ("petals", "leaves", "fireworks", "confetti", "rain", "snow", "fog", "lightning")  # weather: from words or chance, never forced by a set


def _hex(text):
    return np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)])


def _mix(a, b, t):
    return a + (np.asarray(b) - a) * t


def horizon(kind):
    """World y of a set's horizon before its small random shift."""
    return HORIZON.get(kind, -0.08)


def flags(kind):
    """Flag entries of a set: {name: raw value}. Run time snaps these; colours and geometry stay as generated."""
    return {n: FEATURES[kind].get(n, -1.0) for n in FLAGS}


def _daylight(rng, kind, time, c):
    """Time of day: recolours `c` in place; returns ambient gain, glow, stars, sun (y, size)."""
    top, low = 0, 1
    inside, airless = kind in INTERIOR, kind in AIRLESS
    amb, glow, stars = np.ones(3), 0.5, 0.0
    sun = (rng.uniform(0.45, 0.85), rng.uniform(0.09, 0.15))
    if kind == "neon-city":
        return np.array([0.9, 0.86, 1.08]), 0.3, 0.35, (rng.uniform(0.5, 0.85), rng.uniform(0.1, 0.15))
    if airless:
        return np.array([0.94, 0.94, 1.08]), 0.45, 1.0, sun
    if time == "night":
        night, dark = np.array([0.07, 0.09, 0.28]), np.array([0.42, 0.48, 0.74])
        if inside and kind != "stage":
            dark, night = np.array([0.62, 0.54, 0.56]), np.array([0.2, 0.12, 0.18])
        for i in range(6):
            c[i] = _mix(c[i] * dark, night, 0.3)
        if not inside:
            c[top] = _mix(c[top], [0.03, 0.04, 0.17], 0.62)
            c[low] = _mix(c[low], [0.20, 0.22, 0.48], 0.35)
        amb = np.array([0.98, 0.88, 0.80]) if inside else np.array([0.78, 0.83, 1.03])
        glow, stars, sun = 0.35, 0.0 if inside or kind == "underwater" else 1.0, (rng.uniform(0.45, 0.85), rng.uniform(0.1, 0.16))
    elif time == "sunset" and not inside:
        c[top] = _mix(c[top], [0.38, 0.25, 0.56], 0.75)
        c[low] = _mix(c[low], [1.0, 0.62, 0.36], 0.85)
        for i in (2, 3, 4, 5):
            c[i] = _mix(c[i] * [0.95, 0.72, 0.66], [0.72, 0.36, 0.36], 0.26)
        amb, glow, sun = np.array([1.08, 0.89, 0.79]), 1.0, (rng.uniform(0.12, 0.32), rng.uniform(0.14, 0.22))
    elif time == "dawn" and not inside:
        c[top] = _mix(c[top], [0.55, 0.62, 0.92], 0.6)
        c[low] = _mix(c[low], [1.0, 0.82, 0.78], 0.8)
        for i in (2, 3, 4, 5):
            c[i] = _mix(c[i], [0.92, 0.76, 0.84], 0.22)
        amb, glow, sun = np.array([1.04, 0.95, 0.95]), 0.8, (rng.uniform(0.15, 0.4), rng.uniform(0.11, 0.16))
    elif inside and time in ("sunset", "dawn"):
        tint = np.array([1.04, 0.86, 0.74]) if time == "sunset" else np.array([1.02, 0.94, 0.96])
        for i in range(6):
            c[i] = c[i] * tint
        amb, glow = 0.35 + 0.65 * tint, 0.9
    if kind == "stage":
        amb = np.array([1.06, 0.97, 1.05])
    if kind == "magic-forest":
        amb, stars = _mix(amb, [0.86, 0.93, 1.1], 0.6), max(stars, 0.4)
    return amb, glow, stars, sun


def background(rng, kind, time="day", weather="clear"):
    """One background vector (float64 [SIZE]) and its horizon for a set, a time of day and a weather. `rng`: numpy Generator."""
    v = np.full(SIZE, -1.0)
    palette = PALETTES[kind][int(rng.integers(len(PALETTES[kind])))]
    hue = rng.normal(0, 0.015, 3)
    c = [(_hex(x) + rng.normal(0, 0.02, 3) + hue).clip(0, 1) for x in palette.split()]
    amb, glow, stars, (sun_y, sun_size) = _daylight(rng, kind, time, c)
    outdoor = kind not in FLAT and kind not in AIRLESS or kind == "sky"
    # the shift of the horizon is small against the distance to the actors' feet (about y = -0.55)
    hz = horizon(kind) + rng.normal(0, 0.035)
    clouds = {"sky": 1, "sea": 0.7, "rainbow": 0.9, "neon-city": 0.2}.get(kind, 0.5) * rng.uniform(0.4, 1.2)
    grey = {"rain": 0.5, "storm": 0.6, "fog": 0.55, "cloudy": 0.4}.get(weather, 0.0)
    if grey and kind not in INTERIOR and kind not in AIRLESS:
        lead = np.array([0.5, 0.56, 0.66]) * (0.6 if weather == "storm" else 1.15 if weather == "fog" else 1) * (0.5 if time == "night" else 1)
        if kind != "neon-city":
            c = [_mix(x, lead, grey if i < 2 else grey * 0.5 if i < 6 else 0) for i, x in enumerate(c)]
            amb, glow = amb * 0.93, glow * 0.25
        clouds = 1.0
        stars *= 0.3
    s = dict(FEATURES[kind])
    s["sun-x"], s["sun-y"], s["sun-size"] = rng.uniform(-1.2, 1.2), sun_y, sun_size * 4
    s["glow"], s["horizon"] = glow * 2 - 1, hz
    s["stars"] = max(stars * 2 - 1, FEATURES[kind].get("stars", -1))
    s["seed-1"], s["seed-2"] = rng.uniform(-1, 1, 2)
    s["clouds"] = min(1.0, (clouds if outdoor else 0) * 2 - 1)
    height = 0 if kind in FLAT else HILLS.get(kind, 0.3) * rng.uniform(0.8, 1.25)
    s["hill-height"] = min(1.0, height * 2 - 1)
    s["hill-rugged"] = 1 if kind in RUGGED else -1 + rng.uniform(0, 0.6)
    s.setdefault("vignette", rng.uniform(-0.6, 0.3))
    if "front" in s:
        s["front"] = -1 if rng.random() < 0.35 else s["front"] * rng.uniform(0.5, 1)
    elif kind not in FLAT and rng.random() < 0.2:
        s["front"] = rng.uniform(-0.4, 0.3)
    if time == "night":
        s["lit"] = 1
        if kind in ("snow", "mountain") and rng.random() < 0.6:
            s["aurora"] = rng.uniform(0.3, 1)
        if kind in ("garden", "forest", "park", "river", "farm") and rng.random() < 0.6:
            s["fireflies"] = rng.uniform(0, 0.8)
        if kind == "festival" and rng.random() < 0.7:
            s["fireworks"] = rng.uniform(0.2, 1)
    if kind in ("space", "moon") and rng.random() < 0.6:
        s["planet"] = 1
    if kind == "snow" and weather == "clear" and rng.random() < 0.5:
        s["snow"] = 0.2
    if kind == "park" and palette.split()[5].startswith("c8"):
        s["leaves"] = -0.2
    if kind == "park" and palette.split()[5].startswith("e8"):
        s["petals"] = -0.2
    s.update({"rain": {"rain": 0.3}, "storm": {"rain": 1, "lightning": 1}, "snow": {"snow": 0.8}, "petals": {"petals": 0.8},
              "leaves": {"leaves": 0.8}, "fog": {"fog": 0.8}, "cloudy": {"fog": -0.7}}.get(weather, {}))
    for name, value in s.items():
        v[INDEX[name]] = value
    for name, colour in zip(COLOURS, c):
        for ch, value in zip(RGB, colour):
            v[INDEX[f"{name}-{ch}"]] = float(np.clip(value, 0, 1)) * 2 - 1
    for ch, value in zip(RGB, amb):
        v[INDEX[f"ambient-{ch}"]] = (value - 1) * 3
    return v, hz


def write(path):
    """Writes background.json: the ordered entries, and every set's flags for run time."""
    rows = [dict(name=n, kind=k, meaning=m, range=[lo, hi]) for n, k, m, lo, hi in ENTRIES]
    note = "Order is the vector's order. Palettes, times and weathers: stage/scenery.py, background(rng, set, time, weather) -> (vector, horizon)."
    doc = dict(note=note, size=SIZE, entries=rows, weather=VARYING, sets={k: flags(k) for k in SETS})
    Path(path).write_text(json.dumps(doc, indent=1) + "\n")


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[1] / "background.json")
