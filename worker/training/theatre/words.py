"""The closed vocabulary: concepts.json (what can be said) and nouns.json (who and what can appear), read once.

An id in the script is the index of the word in its list plus one; 0 means "not said".
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
CONCEPTS = json.loads((HERE / "concepts.json").read_text())

SETS: list[str] = CONCEPTS["sets"]
TIMES: list[str] = CONCEPTS["times"]
WEATHERS: list[str] = CONCEPTS["weathers"]
CAMERAS: list[str] = CONCEPTS["cameras"]
MOODS: list[str] = CONCEPTS["moods"]
SIZES: list[str] = CONCEPTS["sizes"]
SPEEDS: list[str] = CONCEPTS["speeds"]
VERBS: list[str] = [verb["id"] for verb in CONCEPTS["verbs"]]
ASPECTS: list[str] = ["21:9", "16:9", "1:1", "3:4", "9:16"]
"""Buckets of the frame's shape; 4:3 and 1:1 share one."""
HALF_WIDTHS: list[float] = [2.33, 1.78, 1.15, 0.75, 0.5625]
"""Half the frame's width in world units, per bucket (half the height is 1)."""

SPEED_FACTORS = {"slow": 0.6, "fast": 1.55}
SIZE_FACTORS = {"tiny": 0.45, "small": 0.66, "big": 1.4, "huge": 1.8}


@dataclass(frozen=True, eq=False)
class Noun:
    """One sprite. `size`: canvas height in world units; `w`, `h`: filled fraction of the canvas; anchors in box units, y up."""

    index: int
    id: str
    group: str
    size: float
    w: float
    h: float
    gait: str
    puppet: bool
    faces: bool
    anchors: dict[str, tuple[float, float]]
    fit: dict[str, float]
    """Width of the body at head, eyes, body and neck, box units."""
    tags: frozenset[str]
    wear: tuple[str, float] | None
    """Of a garment: the wearer's anchor, and the garment's own width (box units) that matches the wearer's `fit` there."""
    grip: tuple[float, float] | None
    """The garment's or tool's point that is laid on the anchor."""
    upright: str | None

    @property
    def kind(self) -> str:
        """How it moves: walk, fly, air, swim, road, water, sky or thing."""
        if self.group.startswith("ground") or self.group in ("person", "face"):
            return "walk"
        return self.group if self.group in ("fly", "air", "swim", "road", "water", "sky") else "thing"


def _noun(index: int, entry: dict) -> Noun:
    anchors = {name: (float(x), float(y)) for name, (x, y) in entry["anchors"].items()}
    wear, grip = entry.get("wear"), entry.get("grip")
    return Noun(
        index, entry["id"], entry["group"], entry["size"], entry["w"], entry["h"], entry["gait"], entry["puppet"], entry["faces"],
        anchors, entry["fit"], frozenset(entry["tags"]), (wear["at"], wear["fit"]) if wear else None,
        (float(grip[0]), float(grip[1])) if grip else None, entry.get("upright"),
    )


def _load() -> list[Noun]:
    entries = json.loads((HERE / "nouns.json").read_text())
    return [_noun(i, e) for i, e in enumerate(entries)]


NOUNS: list[Noun] = _load()
BY_ID: dict[str, Noun] = {noun.id: noun for noun in NOUNS}


def group(*names: str) -> list[Noun]:
    """All nouns of the groups."""
    return [noun for noun in NOUNS if noun.group in names]


def pick(rng: np.random.Generator, options: list):
    """One of a list, uniformly."""
    return options[int(rng.integers(len(options)))]


def named(text: str) -> list[Noun]:
    """The nouns of a blank-separated list of ids; an id that the art does not have is left out."""
    return [BY_ID[word] for word in text.split() if word in BY_ID]


def tagged(tag: str) -> list[Noun]:
    """The nouns that can be used so: wear, hold, ride, ride-in, edible, ball, instrument, burst, faller."""
    return [noun for noun in NOUNS if tag in noun.tags]
