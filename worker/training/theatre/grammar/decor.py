"""What stands about in a set: the only nouns the director may invent, and where they go."""

import numpy as np

from ..state import FACE, FLAP, H, LEAN, SIZE, SQUASH, TIME, X, Y
from ..words import HALF_WIDTHS, Noun, named, pick
from .shot import Actor, Shot, gait, standing, sway

_LISTS = {
    "forest": "evergreen-tree deciduous-tree mushroom herb rock wood butterfly bird owl",
    "magic-forest": "mushroom evergreen-tree sparkles glowing-star butterfly crystal-ball herb blossom",
    "sea": "sailboat ship desert-island bird dolphin spouting-whale cloud",
    "underwater": "coral tropical-fish bubbles spiral-shell jellyfish fish turtle",
    "beach": "palm-tree spiral-shell crab sailboat coconut tropical-drink cloud",
    "river": "rock deciduous-tree duck lotus swan herb",
    "city": "office-building department-store hotel taxi bus automobile street-lamp traffic-light",
    "neon-city": "office-building taxi convenience-store street-lamp traffic-light racing-car",
    "street": "house street-lamp bicycle potted-plant deciduous-tree mailbox convenience-store",
    "road": "deciduous-tree house automobile cloud street-lamp evergreen-tree",
    "rooftop": "satellite potted-plant bird cloud chair street-lamp",
    "office": "desktop-computer chair potted-plant printer chart-increasing laptop books table hot-beverage",
    "room": "couch-and-lamp potted-plant books television framed-picture chair teddy-bear",
    "kitchen": "cooking teapot pot-of-food bread cheese-wedge tomato table chair",
    "school": "books chair open-book pencil table earth backpack",
    "stage": "mirror-ball microphone musical-note sparkles loudspeaker confetti-ball",
    "bus": "backpack luggage potted-plant shopping-bags",
    "desert": "cactus camel rock lizard two-hump-camel sun",
    "snow": "evergreen-tree snowman christmas-tree hut ice snowflake",
    "mountain": "evergreen-tree rock eagle goat cloud tent",
    "volcano": "rock fire palm-tree wood",
    "moon": "earth rock star flying-saucer satellite",
    "space": "ringed-planet star glowing-star comet satellite full-moon earth",
    "sky": "cloud cloud cloud balloon bird kite",
    "rainbow": "cloud star sparkles glowing-star cloud",
    "castle": "evergreen-tree deciduous-tree cloud pirate-flag fountain rose",
    "garden": "tulip sunflower rose hibiscus butterfly deciduous-tree honeybee fountain blossom",
    "farm": "house tractor cow pig chicken ear-of-corn deciduous-tree sunflower",
    "park": "deciduous-tree fountain balloon bird tulip evergreen-tree playground-slide",
    "candy": "lollipop candy cupcake doughnut soft-ice-cream shortcake",
    "festival": "lantern tanabata-tree sparkles pine-decoration lantern table",
    "stadium": "soccer-ball goal-net chequered-flag trophy confetti-ball",
}
DECOR: dict[str, list[Noun]] = {kind: named(text) for kind, text in _LISTS.items()}
"""Set -> the nouns that the director may choose itself."""

HIGH = frozenset("lantern mirror-ball framed-picture satellite".split())
"""Hang on walls or from above."""


def furnish(shot: Shot, actors: list[Actor], horizon: float, room: int) -> list[Actor]:
    """Up to `room` decor actors: at the sides and behind, smaller than the leads, out of their way."""
    rng = shot.rng
    count = min(room, int(rng.choice([0, 1, 2, 3, 4, 5], p=[0.06, 0.14, 0.26, 0.26, 0.18, 0.1])))
    if shot.camera_word in ("push-in", "zoom-fast"):
        count = min(count, 3)
    half = HALF_WIDTHS[shot.aspect]
    slots = np.linspace(-1, 1, count + 2)[1:-1] + rng.normal(0, 0.08, count) if count else np.zeros(0)
    rng.shuffle(slots)
    made: list[Actor] = []
    used: set[str] = {actor.noun.id for actor in actors}
    for place in slots:
        options = [noun for noun in DECOR[shot.set] if noun.id not in used or noun.id in ("cloud", "lantern", "star")]
        if not options:
            break
        noun = pick(rng, options)
        used.add(noun.id)
        made.append(_set_piece(shot, noun, float(place) * half * 1.12, horizon, rng))
    return made


def _set_piece(shot: Shot, noun: Noun, x: float, horizon: float, rng: np.random.Generator) -> Actor:
    size = min(noun.size * rng.uniform(0.55, 0.9), 0.85 / noun.h, 0.75 * HALF_WIDTHS[shot.aspect] / noun.w)
    y = min(horizon - 0.04, shot.floor + rng.uniform(0.2, 0.42))
    actor = standing(noun, size, x, y, float(rng.choice([-1, 1])))
    actor.bound = False
    s = actor.state
    aloft = noun.kind in ("fly", "air", "sky") or noun.id in HIGH or noun.id in ("sparkles", "glowing-star", "musical-note")
    hovering = shot.set in ("space", "sky", "underwater") and noun.id not in ("coral", "spiral-shell", "turtle")
    if aloft or hovering:
        s[:, Y] = shot.floor + 0.3
        s[:, H] += rng.uniform(0.55, 1.05) * (0.8 if hovering else 1)
        s[:, SIZE] -= 0.3
        actor.size *= 0.8
        if noun.id not in HIGH:
            s[:, X] += (TIME - 2.5) * rng.normal(0, 0.04)
            s[:, H] += sway(rng, 0.2, 0.03)
        s[:, H] = np.minimum(s[:, H], 0.94 - s[0, Y] - actor.tall)
        s[:, FLAP] = 1.0 if noun.kind in ("fly", "swim") else 0.0
    elif noun.kind in ("walk", "road", "swim", "water") and rng.random() < 0.45:
        s[:, X] += s[:, FACE] * (TIME - 2.5) * rng.uniform(0.06, 0.16)
        gait(actor, 0.5, rng)
    elif noun.group == "nature":
        s[:, LEAN] += sway(rng, 0.25, 0.03)
        if rng.random() < 0.15 and noun.size < 0.7:  # a little foreground
            s[:, Y] = shot.floor - rng.uniform(0.1, 0.22)
            s[:, X] = np.sign(x or 1) * HALF_WIDTHS[shot.aspect] * rng.uniform(0.75, 0.98)
    elif noun.kind == "walk":
        s[:, SQUASH] += sway(rng, 0.5, 0.03)
    return actor


CODEBOOK: list[Noun] = sorted({noun.id: noun for nouns in DECOR.values() for noun in nouns}.values(), key=lambda noun: noun.index)
