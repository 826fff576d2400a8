"""Links: slots whose state is stored relative to another slot, and how to make it absolute.

A hat stored in world coordinates slides off a head as soon as either is a little wrong; stored relative to the wearer's head it
cannot. Two modes:

rigid   the child's pivot sits on an anchor of the parent's body, as that body is drawn: leaned, squashed, turned, mirrored.
        Relative x, height: offset from the anchor in parent-size units along the parent's own axes.
ground  the child stands on the ground beside the parent. Relative x, height in parent sizes; `mirror`: x counts along the parent's
        facing; `lift`: height counts from the parent's own height.

In both, log2Size and y add to the parent's; a garment's log2Size of 0 means that it fits (natural_size).

A sprite's box is [-1, 1] squared, y up, its bottom edge at the slot's height; it is 2^log2Size world units wide and high. Drawing:
(u, v) -> lean u += 0.8 lean (v + 1) -> mirror u *= facing -> stretch (e^(-0.6 squash), e^squash)
about the box's centre, which lies at height + 0.5 size e^squash -> turn about that centre.
"""

from dataclasses import dataclass

import numpy as np

from .state import D, FACE, H, K, LEAN, PRES, ROT, SIZE, SQUASH, X, Y, ZBIAS
from .words import Noun

SHEAR = 0.8
"""Sideways shift of the box's top edge, in half box widths per unit of lean, is 2 * SHEAR."""


@dataclass(frozen=True)
class Link:
    """`anchor`: of the parent's sprite (clothes: where nouns.json says); `pivot`: 'bottom', 'centre', 'sit' or 'grip' of the child's."""

    mode: str
    anchor: str = "feet"
    pivot: str = "bottom"
    mirror: bool = True
    lift: bool = False
    bend: bool = False
    """Rigid only: the child takes the parent's squash and lean as well (clothes)."""


LINKS: dict[str, Link] = {
    "none": Link("none"),
    "wear": Link("rigid", "head", "grip", bend=True),
    "hold": Link("rigid", "hand", "grip"),
    "ride": Link("rigid", "seat", "sit"),
    "on": Link("rigid", "seat", "bottom"),
    "beside": Link("ground", mirror=False),
    "behind": Link("ground", mirror=False),
    "in-front": Link("ground", mirror=False),
    "under": Link("ground", mirror=False),
    "above": Link("ground", mirror=False, lift=True),
    "in": Link("ground", mirror=False, lift=True),
    "eat": Link("rigid", "mouth", "centre"),
    "give": Link("rigid", "hand", "grip"),
    "kick": Link("ground"),
    "throw": Link("ground"),
    "push": Link("ground"),
    "pull": Link("ground"),
    "hug": Link("ground"),
    "kiss": Link("ground"),
    "meet": Link("ground"),
    "fight": Link("ground"),
    "orbit": Link("ground", mirror=False, lift=True),
    "effect": Link("ground", mirror=False, lift=True),
}
ATTACH = list(LINKS)
"""Ids of the script's `attach` field, in order; 0 is none."""

VERB_LINKS: dict[str, tuple[str, str]] = {
    "ride": ("ride", "subject"), "wear": ("wear", "object"), "hold": ("hold", "object"), "play": ("hold", "object"),
    "eat": ("eat", "object"), "give": ("give", "object"), "kick": ("kick", "object"), "throw": ("throw", "object"),
    "push": ("push", "object"), "pull": ("pull", "object"), "hug": ("hug", "object"), "kiss": ("kiss", "object"),
    "meet": ("meet", "object"), "fight": ("fight", "object"), "orbit": ("orbit", "subject"),
}
"""Verb -> (attach, which of the two is the child)."""


def anchor(noun: Noun, name: str) -> tuple[float, float]:
    """An anchor of a sprite in box units."""
    return noun.anchors[name]


def pivot(noun: Noun, name: str) -> tuple[float, float]:
    """The point of a child's sprite that is laid on the anchor: 'grip' as drawn, else on the middle line."""
    centre = (0.0, noun.h - 1)
    if name == "grip":
        return noun.grip or centre
    return {"bottom": (0.0, -1.0), "centre": centre, "sit": (0.0, 0.36 * noun.h - 1)}[name]


def spots(attach: str, child: Noun, parent: Noun) -> tuple[tuple[float, float], tuple[float, float]]:
    """(anchor on the parent, pivot on the child) of a rigid link."""
    link = LINKS[attach]
    where = child.wear[0] if attach == "wear" and child.wear else link.anchor
    return anchor(parent, where), pivot(child, link.pivot)


def natural_size(attach: str, child: Noun, parent: Noun) -> float:
    """log2 of the child's size in parent sizes that a relative log2Size of 0 stands for: clothes fit, everything else is 0."""
    if attach != "wear" or child.wear is None:
        return 0.0
    at, own = child.wear
    return float(np.log2(parent.fit[at] / own))


def mirror_of(facing: np.ndarray) -> np.ndarray:
    """-1..1, steep: which way a sprite is mirrored."""
    return np.clip(2 * facing, -1, 1)


def place(state: np.ndarray, u, v, lean=True) -> tuple[np.ndarray, np.ndarray]:
    """World offset (dx, dy) from a drawn box's centre to its point (u, v)."""
    half = 2.0 ** state[:, SIZE] / 2
    u = u + (SHEAR * state[:, LEAN] * (v + 1) if lean else 0)
    x = u * mirror_of(state[:, FACE]) * half * np.exp(-0.6 * state[:, SQUASH])
    y = v * half * np.exp(state[:, SQUASH])
    c, s = np.cos(2 * np.pi * state[:, ROT]), np.sin(2 * np.pi * state[:, ROT])
    return x * c - y * s, x * s + y * c


def middle(state: np.ndarray) -> np.ndarray:
    """Height of a drawn box's centre above the ground."""
    return state[:, H] + 0.5 * 2.0 ** state[:, SIZE] * np.exp(state[:, SQUASH])


def rigid(rel, parent, link: Link, at: tuple[float, float], by: tuple[float, float], natural: float) -> np.ndarray:
    """Absolute state of a child that is fixed to its parent's body."""
    out = rel.copy()
    face = mirror_of(parent[:, FACE])
    out[:, PRES] = np.minimum(rel[:, PRES], parent[:, PRES])
    out[:, SIZE] = parent[:, SIZE] + rel[:, SIZE] + natural
    out[:, ROT] = parent[:, ROT] + face * rel[:, ROT]
    out[:, FACE] = rel[:, FACE] * parent[:, FACE]
    out[:, ZBIAS] = rel[:, ZBIAS] + parent[:, ZBIAS]
    if link.bend:
        out[:, SQUASH] = rel[:, SQUASH] + parent[:, SQUASH]
        out[:, LEAN] = rel[:, LEAN] + parent[:, LEAN]
    px, py = place(parent, at[0] + 2 * rel[:, X], at[1] + 2 * rel[:, H])
    cx, cy = place(out, by[0], by[1])
    out[:, X] = parent[:, X] + px - cx
    out[:, Y] = parent[:, Y] + rel[:, Y]
    out[:, H] = middle(parent) + py - cy - 0.5 * 2.0 ** out[:, SIZE] * np.exp(out[:, SQUASH])
    return out


def ground(rel: np.ndarray, parent: np.ndarray, link: Link) -> np.ndarray:
    """Absolute state of a child that stands near its parent."""
    out = rel.copy()
    size = 2.0 ** parent[:, SIZE]
    face = mirror_of(parent[:, FACE]) if link.mirror else 1.0
    out[:, X] = parent[:, X] + face * rel[:, X] * size
    out[:, Y] = parent[:, Y] + rel[:, Y]
    out[:, H] = rel[:, H] * size + (parent[:, H] if link.lift else 0)
    out[:, SIZE] = parent[:, SIZE] + rel[:, SIZE]
    out[:, FACE] = rel[:, FACE] * face
    return out


def ground_relative(state: np.ndarray, parent: np.ndarray, attach: str) -> np.ndarray:
    """The inverse of `ground`."""
    link = LINKS[attach]
    out = state.copy()
    size = 2.0 ** parent[:, SIZE]
    face = np.where(parent[:, FACE] < 0, -1.0, 1.0) if link.mirror else 1.0
    out[:, X] = face * (state[:, X] - parent[:, X]) / size
    out[:, Y] = state[:, Y] - parent[:, Y]
    out[:, H] = (state[:, H] - (parent[:, H] if link.lift else 0)) / size
    out[:, SIZE] = state[:, SIZE] - parent[:, SIZE]
    out[:, FACE] = face * state[:, FACE]
    return out


def absolute(rel: np.ndarray, parent: np.ndarray, attach: str, child: Noun, parent_noun: Noun) -> np.ndarray:
    """One slot's absolute state [keys, D] from its relative state and its parent's absolute state."""
    link = LINKS[attach]
    if link.mode == "rigid":
        return rigid(rel, parent, link, *spots(attach, child, parent_noun), natural_size(attach, child, parent_noun))
    return ground(rel, parent, link)


def resolve(states: np.ndarray, nouns: list[Noun | None], parents: np.ndarray, attaches: list[str]) -> np.ndarray:
    """Absolute states [K + 1, keys, D]. `parents[slot]` is a slot or -1; a parent without a noun or a loop leaves the child as it is."""
    out = states.copy()
    done = {slot for slot in range(K) if parents[slot] < 0 or LINKS[attaches[slot]].mode == "none"}
    for _ in range(4):
        for slot in range(K):
            up = int(parents[slot])
            if slot not in done and up in done and nouns[slot] is not None and nouns[up] is not None:
                out[slot] = absolute(states[slot], out[up], attaches[slot], nouns[slot], nouns[up])
                done.add(slot)
    assert out.shape[-1] == D
    return out
