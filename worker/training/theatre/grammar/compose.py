"""From dice to a clip: who, what, where; then motions, camera, effects and decor; then one window of it as training data."""

from dataclasses import dataclass

import numpy as np

from ..links import ATTACH, absolute, resolve
from ..script import CAST, GLOBALS, code
from ..stage.scenery import background
from ..state import CURTAIN, D, H, K, LONG, PRES, SIZE, STRIDE, T, X, Y
from ..words import ASPECTS, CAMERAS, MOODS, SETS, SIZES, SPEEDS, TIMES, VERBS, WEATHERS, pick
from .casting import cast_clip
from .decor import furnish
from .lens import aim, free_track, shoot
from .shot import Actor, Shot
from .solos import RISING
from .sparks import spark


USUAL = ["garden", "park", "forest", "beach", "room", "street", "mountain", "stage", "castle", "sky", "snow", "river"]
"""Sets for words that name none."""


@dataclass
class Clip:
    """A whole clip of LONG keys."""

    shot: Shot
    actors: list[Actor]
    background: np.ndarray
    words: dict[str, str]
    second: tuple[str, ...]
    """Per actor: the verb of the second window."""
    picture: bool
    free_camera: bool
    path_of: Actor | None


def compose(rng: np.random.Generator) -> Clip:
    """Draws one clip."""
    aspect = int(rng.choice(5, p=[0.1, 0.42, 0.16, 0.12, 0.2]))
    said = rng.random() < 0.82
    kind = pick(rng, SETS if said else USUAL)
    time = str(rng.choice(TIMES, p=[0.52, 0.12, 0.18, 0.18]))
    weather = str(rng.choice(["", *WEATHERS], p=[0.6, *[0.05] * len(WEATHERS)]))
    free = rng.random() < 0.1
    camera = str(rng.choice(["", *CAMERAS], p=[0.45, *[0.05] * len(CAMERAS)]))
    floor = float(rng.uniform(-0.72, -0.54) if aspect < 3 else rng.uniform(-0.64, -0.44))
    if kind in ("bus", "stage"):
        floor = min(floor, -0.56)
    shot = Shot(rng, aspect, kind, "" if free else camera, floor, free=free)
    shot.top = {"push-in": 0.62, "pull-out": 0.62, "zoom-fast": 0.58, "crane-up": 0.86, "crane-down": 0.86}.get(shot.camera_word, 0.92)
    shot.still = camera in ("push-in", "zoom-fast", "orbit", "crane-up", "crane-down")
    shot.late = 5.0 if rng.random() < 0.2 else 0.0
    vector, horizon = background(rng, kind, time, weather or "clear")
    picture = rng.random() < 0.08
    mood = pick(rng, MOODS) if rng.random() < 0.12 else ""
    troupe = cast_clip(shot, mood)
    actors = troupe.actors
    if free:
        shot.camera = free_track(rng, aspect)
    else:
        shoot(shot)
        aim(shot, middle_of(actors))
    keep_in(shot, actors)
    for effect in shot.effects[:2]:
        if len(actors) < K and rng.random() < 0.8:
            actors.append(spark(shot, *effect))
    order = rng.permutation(len(actors))
    actors = line_up([actors[i] for i in order], rng)
    if not picture:
        actors += furnish(shot, actors, horizon if horizon > -1.5 else shot.floor + 0.4, K - len(actors))
    words = {
        "set": kind if said else "",
        "time": time if time != "day" and rng.random() < 0.92 or rng.random() < 0.15 else "",
        "weather": weather,
        "camera": shot.camera_word if not free else ("" if rng.random() < 0.7 else camera),
        "mood": mood if rng.random() < 0.7 else "",
        "aspect": ASPECTS[aspect],
    }
    return Clip(shot, actors, vector, words, tuple(troupe.second.get(id(a), a.verbs[0]) for a in actors), picture, free, troupe.path_of)


def line_up(actors: list[Actor], rng: np.random.Generator) -> list[Actor]:
    """Members of a group stand from left to right in the order of their slots (a mixed cast: or from right to left). Without this, who stands
    where would be a riddle that all slots have to solve together."""
    ranks = [i for i, actor in enumerate(actors) if actor.bound and actor.parent is None and actor.partner is None and not actor.as_partner]
    mixed = len({actors[i].noun.id for i in ranks}) > 1
    sign = -1 if mixed and rng.random() < 0.5 else 1
    for i, actor in zip(ranks, sorted((actors[i] for i in ranks), key=lambda a: sign * float(a.state[CURTAIN:T, X].mean()))):
        actors = [*actors[:i], actor, *actors[i + 1 :]]
    return actors


def middle_of(actors: list[Actor]) -> np.ndarray:
    """x of the middle of all that play, over time."""
    tracks = []
    for actor in actors:
        if actor.parent is None:
            tracks.append(actor.state[:, X])
        elif actor.parent.parent is None:
            up = actor.parent.state
            tracks.append(absolute(actor.state, up, actor.attach, actor.noun, actor.parent.noun)[:, X])
    return (np.min(tracks, 0) + np.max(tracks, 0)) / 2


def keep_in(shot: Shot, actors: list[Actor]) -> None:
    """Lowers whoever would leave the frame at the top, except those whose verb takes them there."""
    if any(verb in RISING for actor in actors for verb in (*actor.verbs, actor.as_partner)):
        return
    zoom = 2 ** shot.camera[:, SIZE]
    ceiling = (0.95 + 0.15) / zoom - 0.15 + shot.camera[:, Y] * 0.9
    for actor in actors:
        if actor.parent is not None:
            continue
        rider = max((child.tall * 0.62 for child in actors if child.parent is actor and child.attach in ("ride", "on")), default=0.0)
        hat = max((0.14 * actor.tall for child in actors if child.parent is actor and child.attach == "wear"), default=0.0)
        s = actor.state
        limit = ceiling - s[:, Y] - 2 ** s[:, SIZE] * actor.noun.h - max(rider, hat)
        over = s[:, H] - np.maximum(limit, 0)
        if over.max() > 0:
            base = s[:, H].min()
            room = np.maximum(limit.min(), 0.0)
            if base > room * 0.6:
                s[:, H] -= base - room * 0.5
            high = s[:, H].max()
            if high > room:
                s[:, H] *= room / high


def window(clip: Clip, second: bool) -> dict[str, np.ndarray]:
    """One window's arrays: states [K + 1, T, D] (linked slots relative), nouns [K], cast [K, C], globals [G], background."""
    shot, actors = clip.shot, clip.actors[:K]
    start = STRIDE if second else 0
    states = np.zeros((K + 1, T, D), np.float32)
    states[:, :, PRES] = -1
    nouns = np.full(K, -1, np.int16)
    cast = np.zeros((K, len(CAST)), np.int16)
    slot_of = {id(actor): slot for slot, actor in enumerate(actors)}
    for slot, actor in enumerate(actors):
        states[slot] = actor.state[start : start + T]
        nouns[slot] = actor.noun.index
        if not actor.bound:
            continue
        first, then = actor.verbs
        if second:
            first, then = clip.second[slot], ""
        partner = actor.parent or actor.partner
        cast[slot] = [
            actor.noun.index + 1, code(VERBS, first), code(VERBS, then), code(VERBS, actor.as_partner),
            slot_of.get(id(partner), -1) + 1 if partner is not None else 0, ATTACH.index(actor.attach),
            code(SIZES, actor.size_word), code(SPEEDS, actor.speed_word), code(MOODS, actor.mood),
        ]
    states[K] = shot.camera[start : start + T]
    states[K, :, PRES] = 0
    if second:  # every window starts under its camera: travels of any length stay in the model's range
        for slot, actor in enumerate(actors):
            if actor.parent is None:
                states[slot, :, X] -= states[K, CURTAIN, X]
        states[K, :, X] -= states[K, CURTAIN, X]
    w = clip.words
    fields = [code(SETS, w["set"]), code(TIMES, w["time"]), code(WEATHERS, w["weather"]), code(CAMERAS, w["camera"]), code(MOODS, w["mood"]),
              code(ASPECTS, w["aspect"]), int(clip.picture)]
    assert len(fields) == len(GLOBALS)
    path = slot_of[id(clip.path_of)] if clip.path_of is not None and id(clip.path_of) in slot_of else -1
    return dict(states=states, nouns=nouns, cast=cast, globals=np.array(fields, np.int16), background=clip.background.astype(np.float32),
                kind=np.array([second, clip.free_camera, path], np.int16))


def absolute_clip(clip: Clip) -> np.ndarray:
    """[K + 1, LONG, D] in world coordinates, for looking at."""
    states = np.zeros((K + 1, LONG, D))
    states[:, :, PRES] = -1
    slot_of = {id(actor): slot for slot, actor in enumerate(clip.actors[:K])}
    nouns = [None] * K
    parents, attaches = np.full(K, -1), ["none"] * K
    for slot, actor in enumerate(clip.actors[:K]):
        states[slot], nouns[slot], attaches[slot] = actor.state, actor.noun, actor.attach
        parents[slot] = slot_of.get(id(actor.parent), -1) if actor.parent is not None else -1
    states[K] = clip.shot.camera
    return resolve(states, nouns, parents, attaches)
