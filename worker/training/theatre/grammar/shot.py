"""What all motions of one clip share (the shot) and one performer in it (the actor)."""

from dataclasses import dataclass, field

import numpy as np

from ..state import CURTAIN, D, FACE, FLAP, H, LEG, LONG, PRES, RATE, SIZE, TIME, X, Y
from ..words import HALF_WIDTHS, Noun
from .motion import sway as motion_sway

AFLOAT = ("space", "underwater", "sky")
"""Sets without a floor: everything hovers."""
ON_WATER = ("sea", "river")


@dataclass
class Actor:
    """One slot: state [LONG, D] (relative when linked) and its line in the script."""

    noun: Noun
    size: float
    state: np.ndarray
    attach: str = "none"
    parent: "Actor | None" = None
    partner: "Actor | None" = None
    verbs: tuple[str, str] = ("", "")
    as_partner: str = ""
    size_word: str = ""
    speed_word: str = ""
    mood: str = ""
    bound: bool = True

    @property
    def wide(self) -> float:
        """Drawn width, world units."""
        return self.size * self.noun.w

    @property
    def tall(self) -> float:
        """Drawn height, world units."""
        return self.size * self.noun.h

    def resize(self, size: float) -> None:
        """Sets the sprite's canvas height for the whole clip."""
        self.state[:, SIZE] += np.log2(size) - np.log2(self.size)
        self.size = size


@dataclass
class Shot:
    """One clip's frame, set, clock and camera."""

    rng: np.random.Generator
    aspect: int
    set: str
    camera_word: str
    floor: float
    speed: float = 1.0
    late: float = 0.0
    """5 if one-off events (a kick, an explosion) belong to the second window."""
    top: float = 0.92
    """Highest screen y that an actor may reach."""
    camera: np.ndarray = field(default_factory=lambda: np.zeros((LONG, D)))
    effects: list[tuple[str, Actor, float, float]] = field(default_factory=list)
    follow: Actor | None = None
    wants_follow: bool = False
    still: bool = False
    """The camera word needs actors that stay in place."""
    margin: float = 0.0
    """Half the spread of a group that travels together: its members turn round that much earlier."""
    free: bool = False
    """The camera's track comes from a member's axes; nobody follows anybody."""
    unsaid: bool = False
    """The words name the actors, but not what they do."""

    @property
    def half(self) -> float:
        """Half the frame's width that stays visible all the time."""
        zoomed = {"push-in": 0.72, "pull-out": 0.72, "zoom-fast": 0.62}.get(self.camera_word, 1.0)
        return HALF_WIDTHS[self.aspect] * zoomed

    @property
    def pace(self) -> float:
        """Narrow frames get slower walks, or nobody could be watched."""
        return 0.55 + 0.45 * min(HALF_WIDTHS[self.aspect], 1.78) / 1.78

    def event(self, low: float, high: float) -> float:
        """Second of a one-off event, inside the window that it belongs to."""
        return float(self.rng.uniform(low, high)) + self.late

    def headroom(self, actor: Actor) -> float:
        """How far an actor on the floor may rise before its top leaves the frame."""
        return max(0.12, self.top - self.floor - actor.tall)

    def effect(self, noun: str, actor: Actor, start: float, length: float) -> None:
        """Asks for an effect sprite at an actor."""
        self.effects.append((noun, actor, start, length))


def velocity(values: np.ndarray) -> np.ndarray:
    """Units a second, from keys."""
    return np.gradient(values) * RATE


def standing(noun: Noun, size: float, x: float, y: float, facing: float) -> Actor:
    """An actor that stands still."""
    state = np.zeros((LONG, D))
    state[:, PRES] = 1
    state[:, X], state[:, Y], state[:, SIZE], state[:, FACE] = x, y, np.log2(size), facing
    state[:, FLAP] = {"fly": 1.0, "swim": 0.7}.get(noun.kind, 0.0)
    return Actor(noun, size, state)


def fit(shot: Shot, noun: Noun, count: int, rng: np.random.Generator, share: float = 1.0) -> float:
    """Canvas height of one of `count` leading actors, so that all fit the frame at its aspect."""
    close = (1.45, 1.25, 1.08, 0.98, 0.9, 0.82, 0.78, 0.74)[min(count, 8) - 1]
    size = noun.size * close * rng.uniform(0.94, 1.1) * (1.3 if noun.size < 0.4 else 1.0)
    wide = (1.25, 0.78, 0.56, 0.44, 0.38, 0.36, 0.33, 0.3)[min(count, 8) - 1] * share
    if shot.aspect >= 3 and count >= 3:
        wide *= 1.45  # two rows
    size = min(size, wide * shot.half / noun.w, 1.12 / noun.h)
    return float(max(size, 0.16))


def spots(shot: Shot, widths: list[float], rng: np.random.Generator, loose: float = 1.55) -> list[tuple[float, float]]:
    """Places (x, y) for actors of these widths: side by side without overlap; two rows when the frame is narrow or they are
    many. `loose`: up to how many times their width they spread."""
    n = len(widths)
    room = 1.84 * shot.half
    y = shot.floor
    if n == 1:
        free = max(0.0, room - widths[0]) / 2
        return [(float(np.clip(rng.normal(0, 0.4 * shot.half), -free, free) * 0.9), y + rng.uniform(-0.05, 0.08))]
    gaps = 1.12
    total = sum(widths) * gaps
    rows = 1 if total <= room or n == 2 else 2
    places: list[tuple[float, float]] = []
    for row in range(rows):
        members = list(range(row, n, rows))
        span = sum(widths[m] for m in members) * gaps
        spread = min(room / max(span, 1e-3), loose)
        x = -span * spread / 2
        shift = rng.normal(0, 0.04) * shot.half
        for m in members:
            step = widths[m] * gaps * spread
            places.append((m, x + step / 2 + shift, y + row * 0.24 + rng.uniform(-0.02, 0.03)))  # type: ignore[arg-type]
            x += step
    places.sort()
    return [(p[1], p[2]) for p in places]  # type: ignore[misc]


def stage_actor(shot: Shot, noun: Noun, size: float, x: float, y: float, facing: float, rng: np.random.Generator) -> Actor:
    """An actor at its usual level: on the floor, in the air, or afloat."""
    actor = standing(noun, size, x, y, facing)
    s = actor.state
    room = shot.headroom(actor)
    if shot.set in AFLOAT:
        s[:, H] += min(rng.uniform(0.2, 0.6), room * 0.75) + sway(rng, 0.25, 0.04)
    elif noun.kind in ("fly", "air"):
        s[:, H] += min(rng.uniform(0.4, 0.75), room * 0.8)
    elif noun.kind == "swim" and shot.set not in ON_WATER:
        s[:, H] += min(rng.uniform(0.12, 0.35), room * 0.7)
    elif noun.kind == "sky":
        s[:, H] += min(rng.uniform(0.6, 1.0), room * 0.95)
    if shot.set in ON_WATER and noun.kind not in ("fly", "air", "sky"):
        s[:, H] += sway(rng, 0.4, 0.03)
    return actor


def sway(rng: np.random.Generator, hertz: float, amount: float) -> np.ndarray:
    """A slow sine over the whole clip."""
    return motion_sway(rng, TIME, hertz, amount)


def gait(actor: Actor, amount: np.ndarray | float, rng: np.random.Generator) -> None:
    """Legs, wings, fins; a thing without any hops along."""
    s, kind = actor.state, actor.noun.kind
    if kind == "walk" and actor.noun.gait != "none":
        s[:, LEG] = np.maximum(s[:, LEG], amount)
    elif kind in ("fly", "swim"):
        s[:, FLAP] = 1
    elif kind in ("thing", "walk"):
        u = (TIME / 0.5) % 1.0
        s[:, H] += 0.07 * actor.size / 0.4 * 4 * u * (1 - u) * np.minimum(amount, 1)


assert TIME[CURTAIN] == 0
