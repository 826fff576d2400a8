"""The bound actors of a clip: who can be drawn, how they take their places, and what they do alone."""

from dataclasses import dataclass, field

import numpy as np

from ..state import FACE, H, LEAN, PRES, SIZE, SQUASH, TIME, X, ZBIAS
from ..words import NOUNS, SIZE_FACTORS, SPEED_FACTORS, Noun, group, named, pick, tagged
from .duos import DUO, link
from .motion import hops, slow_stop, smooth, sway
from .shot import Actor, Shot, fit, spots, stage_actor
from .solos import MOBILE, ONCE, SOLO, solo
from .sparks import MOOD_EFFECTS

ANIMALS = group("ground-small", "ground-large")
FLYERS, SWIMMERS, ROAD, AIR, WATER = group("fly"), group("swim"), group("road"), group("air"), group("water")
PEOPLE = group("person", "face")
PLAYERS = ANIMALS + PEOPLE
EDIBLE, WEARABLE, HOLDABLE, BALLS, INSTRUMENTS = tagged("edible"), tagged("wear"), tagged("hold"), tagged("ball"), tagged("instrument")
MOUNTS, BURSTS, FALLERS = tagged("ride"), tagged("burst"), tagged("faller")
LOADS = named("package wrapped-gift shopping-cart rock snowman piano luggage automobile wood pumpkin jack-o-lantern sled tractor bathtub drum")
LAUNCHERS = named("rocket flying-saucer helicopter airplane balloon satellite fireworks")
VERBS_OF = list(SOLO)
SOLO_ODDS = np.array([SOLO[v][1] for v in VERBS_OF]) / sum(SOLO[v][1] for v in VERBS_OF)
DUOS_OF = list(DUO)
DUO_ODDS = np.array([DUO[v][1] for v in DUOS_OF]) / sum(DUO[v][1] for v in DUOS_OF)
THEN = ["walk", "run", "jump", "dance", "sleep", "sit", "wave", "spin", "fly", "laugh", "cry", "celebrate", "sing", "idle", "look", "bounce", "swing"]
"""Verbs that can follow another one."""
AFTER = ["sleep", "dance", "jump", "wave", "laugh", "celebrate", "sit", "cry", "spin"]
"""Verbs that can follow a verb between two."""
PLEASANT = ["idle", "look", "wave", "walk", "dance", "gather", "jump", "play", "walk", "idle"]
"""What actors do when the words do not say it."""
FIRST = ["walk", "run", "jump", "dance", "wave", "fly", "idle", "look", "celebrate", "sit", "sleep", "slide", "spin", "swim"]


@dataclass
class Troupe:
    """The bound actors of a clip, the one that the camera cares for, and what each does in the second window."""

    actors: list[Actor]
    lead: Actor
    second: dict[int, str] = field(default_factory=dict)
    path_of: Actor | None = None


def anyone(rng: np.random.Generator) -> Noun:
    """A subject: mostly creatures."""
    r = rng.random()
    for share, options in ((0.6, PLAYERS), (0.68, FLYERS), (0.75, SWIMMERS), (0.83, ROAD), (0.88, AIR), (0.9, WATER)):
        if r < share:
            return pick(rng, options)
    return pick(rng, NOUNS)


def suited(verb: str, noun: Noun) -> str:
    """A verb that this noun can do: cars drive, birds fly."""
    if verb in ("walk", "run") and noun.kind == "road":
        return "drive"
    if verb in ("walk", "run") and noun.kind in ("fly", "air"):
        return "fly"
    return verb


def settle(shot: Shot, noun: Noun, place: tuple[float, float], size: float, face: float) -> Actor:
    """An actor at its place."""
    return stage_actor(shot, noun, size, place[0], place[1], face, shot.rng)


def perform(shot: Shot, actor: Actor, first: str, then: str, switch: float, rng: np.random.Generator) -> None:
    """One solo verb, or two in sequence: the first comes to a soft halt, the second starts where it stands."""
    if not then:
        solo(shot, actor, first, TIME, False, rng)
        return
    base = actor.state.copy()
    follow, shot.wants_follow = shot.wants_follow, False
    late, shot.late = shot.late, 0.0
    solo(shot, actor, first, slow_stop(TIME, switch), False, rng)
    done = actor.state
    at = int(np.searchsorted(TIME, switch))
    actor.state = base.copy()
    actor.state[:, X] += done[at, X] - base[at, X]
    actor.state[:, FACE] = done[at, FACE]
    shot.late = switch if switch > 4 else 0.0
    solo(shot, actor, then, TIME - switch, True, rng)
    w = smooth((TIME - switch + 0.2) / 0.6)[:, None]
    mixed = done + (actor.state - done) * w
    sharp = TIME >= switch
    for channel in (FACE, PRES):
        mixed[:, channel] = np.where(sharp, actor.state[:, channel], done[:, channel])
    actor.state = mixed
    shot.wants_follow, shot.late = follow, late


def two_acts(rng: np.random.Generator, first: str, odds: float = 0.16) -> tuple[str, float]:
    """A second verb and when it starts: in mid-window, or exactly at the window's end (then only a continuation says it)."""
    if rng.random() > odds or first in ONCE or first not in FIRST:
        return "", 0.0
    then = pick(rng, [verb for verb in THEN if verb != first])
    return then, float(rng.uniform(2.2, 2.8)) if rng.random() < 0.7 else 5.0


def describe(actor: Actor, first: str, then: str, switch: float, second: dict[int, str]) -> None:
    """Writes the script's verbs: a verb that starts with the second window is not said in the first."""
    actor.verbs = (first, then if switch < 4 else "")
    second[id(actor)] = then or first


def feel(shot: Shot, actor: Actor, mood: str) -> None:
    """Posture and pulse of a mood."""
    s, t, rng = actor.state, TIME, shot.rng
    if mood in ("happy", "excited", "cute"):
        high, squash = hops(t, 0.5 if mood == "excited" else 0.75, 0.06 if mood != "excited" else 0.1)
        s[:, H] += high
        s[:, SQUASH] += squash * 0.6
    elif mood == "sad":
        s[:, SQUASH] -= 0.1
        s[:, LEAN] += 0.08
    elif mood == "angry":
        s[:, X] += 0.02 * np.sin(2 * np.pi * 2.6 * t)
        s[:, LEAN] += 0.09
    elif mood == "scared":
        s[:, X] += 0.014 * np.sin(2 * np.pi * 3.2 * t)
        s[:, SQUASH] -= 0.07
    elif mood == "serious":
        s[:, LEAN] *= 0.6
    for effect in MOOD_EFFECTS.get(mood, []):
        if rng.random() < 0.5:
            shot.effect(effect, actor, float(rng.uniform(0.3, 1.2)), 20)
            break


def ensemble(shot: Shot, nouns: list[Noun], verbs: list[str], troupe: Troupe, together: bool) -> list[Actor]:
    """Several leads side by side. `together`: they share path and beat (a group of the same kind)."""
    rng = shot.rng
    n = len(nouns)
    size_word = pick(rng, list(SIZE_FACTORS)) if rng.random() < 0.1 else ""
    speed_word = pick(rng, list(SPEED_FACTORS)) if rng.random() < 0.12 else ""
    shot.speed = SPEED_FACTORS.get(speed_word, 1.0)
    sizes = [fit(shot, noun, n, rng) for noun in nouns]
    if verbs[0] in MOBILE and shot.aspect >= 2:  # room to go somewhere
        sizes = [min(s, (0.95 if n == 1 else 0.7 / n) * shot.half / noun.w) for s, noun in zip(sizes, nouns)]
    if size_word:
        sizes = [min(s * SIZE_FACTORS[size_word], 1.3 / noun.h, 1.7 * shot.half / noun.w / max(1, n * 0.8)) for s, noun in zip(sizes, nouns)]
    if shot.unsaid:
        verbs = [pick(rng, PLEASANT)] * n
    verb = verbs[0]
    close = together and verb in MOBILE
    places = spots(shot, [s * noun.w for s, noun in zip(sizes, nouns)], rng, 1.0 if close or verb == "gather" else 1.55)
    face = float(rng.choice([-1, 1]))
    meeting = verb in ("meeting", "gather") and n > 1
    then, switch = two_acts(rng, verb) if not meeting and not shot.unsaid else ("", 0.0)
    shared = rng.integers(1 << 31)
    sync = rng.random() < 0.5
    made: list[Actor] = []
    for i, (noun, size, place) in enumerate(zip(nouns, sizes, places)):
        own = suited(verbs[i], noun)
        if meeting or not together:
            face = -1.0 if place[0] > 0.02 else 1.0
        actor = settle(shot, noun, place, size, face)
        travelling = together and n > 1 and own in MOBILE
        draw = np.random.default_rng(shared) if together and n > 1 and (sync or travelling) else np.random.default_rng(rng.integers(1 << 31))
        home = actor.state[0, X]
        before = len(shot.effects)
        if travelling:
            actor.state[:, X] = 0.0
            shot.margin = 0.5 * (max(p[0] for p in places) - min(p[0] for p in places))
            perform(shot, actor, own, then, switch, draw)
            shot.margin = 0.0
            actor.state[:, X] += home
        else:
            perform(shot, actor, own, then, switch, draw)
        if together and i > 0:
            del shot.effects[before:]
        if shot.unsaid:
            actor.verbs = ("", "")
        else:
            describe(actor, own, then, switch, troupe.second)
        actor.size_word, actor.speed_word = size_word, speed_word
        made.append(actor)
    return made


def dress(shot: Shot, actor: Actor, actors: list[Actor], how: str, noun: Noun | None = None) -> Actor:
    """Gives an actor something to wear or hold."""
    rng = shot.rng
    noun = noun or pick(rng, WEARABLE if how == "wear" else HOLDABLE)
    size = noun.size if how == "wear" else float(np.clip(noun.size * rng.uniform(0.9, 1.2), 0.3 * actor.size, 0.55 * actor.size))
    item = Actor(noun, size, actor.state)
    s = link(item, actor, how)
    if how == "wear":
        s[:, SIZE] = 0
        s[:, ZBIAS] = 0.15 if noun.wear and noun.wear[0] != "body" else 0.1
    else:
        s[:, ZBIAS] = 0.18
        s[:, 5] = sway(rng, TIME, 0.8, 0.015)
    item.as_partner = how
    actors.append(item)
    return item


def bystander(shot: Shot, troupe: Troupe) -> None:
    """A third one who minds their own business at the side."""
    rng = shot.rng
    noun = pick(rng, PLAYERS + FLYERS)
    verb = pick(rng, ["idle", "jump", "dance", "sleep", "wave", "sit", "look"])
    size = fit(shot, noun, 4, rng)
    side = float(rng.choice([-1, 1]))
    actor = settle(shot, noun, (side * 0.78 * shot.half, shot.floor + 0.22), size, -side)
    before = len(shot.effects)
    perform(shot, actor, verb, "", 0, np.random.default_rng(rng.integers(1 << 31)))
    del shot.effects[before:]
    describe(actor, verb, "", 0, troupe.second)
    troupe.actors.append(actor)
