"""Who plays and what they do: draws a cast with its verbs and performs the motions."""

from dataclasses import dataclass, field

import numpy as np

from ..state import FACE, H, LEAN, LONG, PRES, RATE, SIZE, SQUASH, TIME, X, Y, ZBIAS
from ..words import BY_ID, NOUNS, SIZE_FACTORS, SPEED_FACTORS, Noun, group, named, pick, tagged
from . import duos
from .duos import DUO, LATER, link
from .motion import hops, ramp, slow_stop, smooth, sway
from .shot import AFLOAT, Actor, Shot, fit, spots, stage_actor
from .solos import MOBILE, ONCE, SOLO, solo
from .sparks import MOOD_EFFECTS
from .travel import drawn_path

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


def cast_clip(shot: Shot, mood: str) -> Troupe:
    """Draws the cast of one clip and lets it act."""
    rng = shot.rng
    often = 0.3 if shot.aspect < 2 else 0.6
    shot.wants_follow = shot.camera_word == "follow" or (shot.camera_word == "" and not shot.free and rng.random() < often)
    kinds = ["solo", "many", "mixed", "duo", "relation", "rain", "parade", "path", "outfit"]
    kind = str(rng.choice(kinds, p=[0.2, 0.15, 0.09, 0.28, 0.08, 0.03, 0.02, 0.06, 0.09]))
    troupe = Troupe([], None)  # type: ignore[arg-type]
    shot.unsaid = kind in ("solo", "many", "mixed") and rng.random() < 0.16
    globals()[f"_{kind}"](shot, troupe)
    troupe.lead = troupe.lead or troupe.actors[0]
    if mood:
        troupe.lead.mood = mood if rng.random() < 0.6 else ""
        if kind in ("solo", "many", "mixed", "relation", "outfit") and troupe.lead.parent is None:
            feel(shot, troupe.lead, mood)
    if shot.camera_word == "follow" and shot.follow is None:
        shot.follow = troupe.lead if troupe.lead.parent is None else troupe.lead.parent
    return troupe


def _solo(shot: Shot, troupe: Troupe) -> None:
    rng = shot.rng
    noun, verb = anyone(rng), str(rng.choice(VERBS_OF, p=SOLO_ODDS))
    if verb in ("roll", "bounce") and rng.random() < 0.5:
        noun = pick(rng, BALLS)
    if verb == "launch" and rng.random() < 0.7:
        noun = pick(rng, LAUNCHERS)
    if shot.camera_word == "follow" and rng.random() < 0.7:
        verb = pick(rng, ["walk", "run", "fly", "slide", "parkour"])
    actors = ensemble(shot, [noun], [verb], troupe, True)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.8, 0.15, 0.05]))):
        if noun in PLAYERS:
            dress(shot, actors[0], actors, "wear" if rng.random() < 0.6 else "hold")
    troupe.actors += actors


def _many(shot: Shot, troupe: Troupe) -> None:
    rng = shot.rng
    n = int(rng.choice([2, 3, 4, 5, 6, 7, 8], p=[0.3, 0.26, 0.16, 0.13, 0.07, 0.04, 0.04]))
    verb = str(rng.choice(VERBS_OF, p=SOLO_ODDS))
    if shot.aspect >= 3 and n > 3 and verb in MOBILE:
        verb = "dance"
    troupe.actors += ensemble(shot, [anyone(rng)] * n, [verb] * n, troupe, True)


def _mixed(shot: Shot, troupe: Troupe) -> None:
    """Different actors: the same verb ("a cat and a dog dance", a family together), or each its own."""
    rng = shot.rng
    n = int(rng.choice([2, 3, 4, 5], p=[0.5, 0.22, 0.14, 0.14]))
    nouns = [anyone(rng) for _ in range(n)]
    if n >= 3:
        nouns = [pick(rng, PLAYERS) for _ in range(n)]
    verb = str(rng.choice(["meeting", "gather", "dance", "celebrate"])) if rng.random() < 0.45 else str(rng.choice(VERBS_OF, p=SOLO_ODDS))
    verbs = [verb] * n
    if rng.random() < 0.35:
        verbs = [str(rng.choice([v for v in VERBS_OF if v not in MOBILE])) for _ in range(n)]
    calm = [v if v not in MOBILE or v == "fly" else "dance" for v in verbs] if n > 2 else verbs
    shot.wants_follow = shot.wants_follow and n == 1
    same = all(v == verb for v in calm)
    actors = ensemble(shot, nouns, calm, troupe, same and calm[0] in MOBILE)
    troupe.actors += actors


def _outfit(shot: Shot, troupe: Troupe) -> None:
    """Wearing, holding, playing an instrument: with a verb of its own or none."""
    rng = shot.rng
    how = str(rng.choice(["wear", "hold", "play"], p=[0.45, 0.32, 0.23]))
    noun = pick(rng, PLAYERS)
    if how != "hold" and noun.upright and rng.random() < 0.8:
        noun = BY_ID[noun.upright]
    plain = rng.random() < 0.45
    verb = pick(rng, ["idle", "walk", "dance", "wave", "look", "speech", "jump", "run", "meeting", "sing"])
    if how == "play":
        verb = "dance" if rng.random() < 0.6 else "idle"
    n = 1 if rng.random() < 0.85 else int(rng.integers(2, 4))
    actors = ensemble(shot, [noun] * n, [verb] * n, troupe, True)
    item = pick(rng, INSTRUMENTS if how == "play" else WEARABLE if how == "wear" else HOLDABLE)
    for actor in list(actors):
        dress(shot, actor, actors, "hold" if how == "play" else how, item).as_partner = how
        if how == "play" or (plain and not actor.verbs[1]):
            actor.verbs = (how, "")
            actor.partner = actors[-1]
            troupe.second[id(actor)] = how
    if n == 1:
        for _ in range(int(rng.choice([0, 1, 2], p=[0.55, 0.33, 0.12]))):
            dress(shot, actors[0], actors, "wear" if rng.random() < 0.6 else "hold")
    if how == "play":
        shot.effects[:] = [("musical-notes" if rng.random() < 0.5 else "musical-note", actors[0], 0.4, 20)]
    troupe.actors += actors


def _duo(shot: Shot, troupe: Troupe) -> None:
    rng = shot.rng
    verb = str(rng.choice(DUOS_OF, p=DUO_ODDS))
    subject = anyone(rng) if rng.random() < 0.2 else pick(rng, PLAYERS)
    pools = {"eat": EDIBLE, "ride": MOUNTS, "kick": BALLS, "throw": BALLS + HOLDABLE, "give": HOLDABLE, "set-off": BURSTS, "push": LOADS + ROAD,
             "pull": LOADS + ROAD, "orbit": group("sky", "building", "nature") + PLAYERS, "chase": PLAYERS + FLYERS * 3 + ROAD + BALLS,
             "race": PLAYERS + ROAD}
    thing = pick(rng, pools.get(verb, PLAYERS)) if rng.random() < 0.9 or verb in ("give", "set-off", "ride") else anyone(rng)
    if verb == "orbit":
        subject = pick(rng, FLYERS + AIR + group("sky") + PLAYERS)
    if verb == "race":
        subject = pick(rng, PLAYERS + ROAD)
    speed_word = pick(rng, list(SPEED_FACTORS)) if rng.random() < 0.08 else ""
    shot.speed = SPEED_FACTORS.get(speed_word, 1.0)
    sizes = [fit(shot, noun, 2, rng) for noun in (subject, thing)]
    size_words = [pick(rng, list(SIZE_FACTORS)) if rng.random() < 0.06 else "" for _ in range(2)]
    sizes = [min(s * SIZE_FACTORS.get(w, 1.0), 1.2, 0.95 * shot.half / noun.w) for s, w, noun in zip(sizes, size_words, (subject, thing))]
    if verb in ("meet", "kiss", "hug", "fight") and 0.5 < subject.size / thing.size < 2:
        sizes[1] = float(np.clip(sizes[1], 0.75 * sizes[0], 1.33 * sizes[0]))
    places = spots(shot, [s * noun.w for s, noun in zip(sizes, (subject, thing))], rng)
    a, b = (settle(shot, noun, place, size, 1.0 if place[0] < 0 else -1.0) for noun, place, size in zip((subject, thing), places, sizes))
    a.speed_word = speed_word
    a.size_word, b.size_word = size_words
    troupe.actors += [a, b]
    troupe.lead = a
    start, before = 0.0, ""
    if verb in LATER and rng.random() < 0.14:  # first something else, then this
        start, before = float(rng.uniform(2.0, 2.5)), pick(rng, ["dance", "wave", "look", "jump", "sit", "idle"])
    if verb == "ride":
        said = pick(rng, ["run", "walk", "jump", "fly", "swim", "slide"]) if rng.random() < 0.35 else ""
        said = suited(said, thing) if said else ""
        duos.ride(shot, a, b, rng, said)
        b.verbs = (said, "")
        troupe.second[id(b)] = said
        for _ in range(int(rng.choice([0, 1, 2], p=[0.55, 0.3, 0.15]))):
            dress(shot, a, troupe.actors, "wear" if rng.random() < 0.65 else "hold")
    elif verb == "give":
        receiver = None
        if rng.random() < 0.6:
            other = pick(rng, PLAYERS)
            receiver = settle(shot, other, places[1], float(np.clip(fit(shot, other, 2, rng), 0.75 * a.size, 1.33 * a.size)), -1.0)
            receiver.as_partner = "give"
            troupe.actors.append(receiver)
        duos.give(shot, a, b, rng, receiver)
        if receiver is not None:
            receiver.partner = a
    elif start:
        DUO[verb][0](shot, a, b, rng, start)
        lead_in(shot, a, before, start)
    elif verb in ONCE_DUOS and shot.late:
        DUO[verb][0](shot, a, b, rng)
    else:
        late, shot.late = shot.late, shot.late if verb in ONCE_DUOS else 0.0
        if verb in LATER and late:
            DUO[verb][0](shot, a, b, rng, 5.0)
        else:
            DUO[verb][0](shot, a, b, rng)
        shot.late = late
    a.verbs = (before, verb) if start else (verb, "")
    troupe.second[id(a)] = verb
    if verb in CLOSED and not start and not shot.late and rng.random() < 0.16:
        then = pick(rng, AFTER)
        lead_out(shot, a, then, float(rng.uniform(3.1, 3.5)))
        a.verbs = (verb, then)
        troupe.second[id(a)] = then
    a.partner, b.partner = b, a
    b.as_partner = verb
    if verb == "chase" and rng.random() < 0.25:
        pack(shot, troupe, a, b)
    elif rng.random() < 0.14 and verb in ("wear", "eat", "meet", "chase", "hug", "fight", "kick"):
        dress(shot, a, troupe.actors, "wear" if rng.random() < 0.6 else "hold")
    elif rng.random() < 0.12:
        bystander(shot, troupe)


CLOSED = ("eat", "kick", "throw", "give", "kiss", "meet", "fight", "set-off")
"""Verbs between two that come to an end, after which the subject can do something else."""
ONCE_DUOS = ("kick", "throw", "give", "set-off")


def lead_in(shot: Shot, actor: Actor, verb: str, start: float) -> None:
    """Adds a solo verb's motion (its difference from standing) before `start`."""
    still = actor.state.copy()
    copy = Actor(actor.noun, actor.size, still.copy())
    before = len(shot.effects)
    solo(shot, copy, verb, slow_stop(TIME, start), False, np.random.default_rng(shot.rng.integers(1 << 31)))
    del shot.effects[before:]
    w = 1 - ramp(TIME, start - 0.2, start + 0.2)
    for channel in range(copy.state.shape[1]):
        if channel not in (FACE, PRES):  # whoever is placed along its facing must not be thrown about
            actor.state[:, channel] += (copy.state[:, channel] - still[:, channel]) * w


def lead_out(shot: Shot, actor: Actor, verb: str, start: float) -> None:
    """Adds a solo verb's motion (its difference from standing) from `start` on."""
    calm = actor.state.copy()
    copy = Actor(actor.noun, actor.size, calm.copy())
    solo(shot, copy, verb, TIME - start, True, np.random.default_rng(shot.rng.integers(1 << 31)))
    w = ramp(TIME, start - 0.1, start + 0.4)
    for channel in range(copy.state.shape[1]):
        if channel not in (FACE, PRES):
            actor.state[:, channel] += (copy.state[:, channel] - calm[:, channel]) * w
    shot.effects.reverse()


def pack(shot: Shot, troupe: Troupe, a: Actor, b: Actor) -> None:
    """More chasers: each a little later and in another row."""
    n = int(shot.rng.integers(1, 3))
    for i in range(1, n + 1):
        lag = int(np.ceil(max(2.0, a.wide * 1.05 / (0.9 * shot.pace) * RATE))) * i
        head = a.state[0] - (a.state[1] - a.state[0]) * np.arange(lag, 0, -1)[:, None]
        state = np.concatenate([head, a.state[: LONG - lag]])
        state[:lag, 3:] = a.state[0, 3:]
        state[:, Y] += 0.1 * (1 if i % 2 else -1)
        other = Actor(a.noun, a.size, state, verbs=a.verbs, partner=b)
        troupe.actors.append(other)


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


def _relation(shot: Shot, troupe: Troupe) -> None:
    """On, beside, behind, in front of, under, above, in."""
    rng = shot.rng
    where = str(rng.choice(["on", "beside", "behind", "in-front", "under", "above", "in"]))
    subject = pick(rng, PLAYERS) if rng.random() < 0.8 else anyone(rng)
    pool = {"on": named("table chair bed rock house car automobile piano books cloud full-moon ladder wood couch-and-lamp bathtub") + ANIMALS,
            "in": named("basket bathtub shopping-cart package bucket bed tent hut steaming-bowl teapot") + tagged("ride-in"),
            "under": named("umbrella deciduous-tree palm-tree evergreen-tree table cherry-blossom rainbow mushroom cloud street-lamp christmas-tree"),
            }.get(where, PLAYERS + group("nature", "building", "object"))
    thing = pick(rng, pool) if rng.random() < 0.85 else pick(rng, NOUNS)
    verb = pick(rng, ["idle", "dance", "jump", "sleep", "wave", "look", "sit", "spin", "laugh", "sing", "bounce", "cry"])
    size_b = fit(shot, thing, 2, rng)
    size_a = fit(shot, subject, 2, rng)
    if where in ("on", "in", "under"):
        size_b = max(size_b, min(1.15 * size_a, 1.0, 1.5 * shot.half / thing.w))
        size_a = min(size_a, 0.85 * size_b if where != "under" else size_b * 0.62, (1.38 - size_b * thing.h) / subject.h if where == "on" else 9)
    place = (float(rng.normal(0, 0.2)) * shot.half, shot.floor)
    b = settle(shot, thing, place, size_b, float(rng.choice([-1, 1])))
    a = settle(shot, subject, place, max(size_a, 0.15), float(rng.choice([-1, 1])))
    if thing.kind != "thing" and rng.random() < 0.5:
        b.state[:, SQUASH] += sway(rng, TIME, 0.5, 0.03)
    if where not in ("above",) and shot.set not in AFLOAT and thing.kind not in ("fly", "air", "sky"):
        b.state[:, H] = 0
    a.state[:, X] = 0
    a.state[:, H] = 0
    top, shot.top = shot.top, shot.top - (b.tall if where == "on" else 0)
    still, shot.still = shot.still, True
    perform(shot, a, verb, "", 0, np.random.default_rng(rng.integers(1 << 31)))
    shot.top, shot.still = top, still
    own = a.state
    s = link(a, b, where)
    share = 1 / b.size
    s[:, X] = own[:, X] * share
    s[:, FACE] = own[:, FACE] * (b.state[0, FACE] if where == "on" else 1)
    for channel in (5, SQUASH, LEAN, 9, 10):
        s[:, channel] = own[:, channel]
    s[:, SIZE] += own[:, SIZE] - np.log2(a.size)
    s[:, H] = own[:, H] * share
    side = float(rng.choice([-1, 1]))
    gap = 0.5 * (a.wide + b.wide) * share
    if where == "on":
        s[:, X] += rng.normal(0, 0.03)
        s[:, H] -= 0.03
        s[:, ZBIAS] = 0.1
    elif where == "beside":
        s[:, X] += side * gap * rng.uniform(1.0, 1.2)
        b.state[:, X] -= side * 0.5 * gap * b.size
    elif where == "behind":
        s[:, X] += side * gap * rng.uniform(0.4, 0.6)
        s[:, Y] = 0.14
        b.state[:, X] -= side * 0.2 * gap * b.size
    elif where == "in-front":
        s[:, X] += side * gap * rng.uniform(0.25, 0.5)
        s[:, Y] = -0.12
    elif where == "under":
        s[:, X] += rng.normal(0, 0.05)
        s[:, Y] = -0.05
    elif where == "above":
        s[:, X] += rng.normal(0, 0.05)
        free = max(shot.top - shot.floor - b.tall - a.tall, 0.06)
        s[:, H] += b.noun.h + share * min(rng.uniform(0.08, 0.35), free)
    else:
        s[:, H] += 0.22 * b.noun.h
        s[:, Y] = 0.03
        s[:, ZBIAS] = -0.1
    describe(a, verb, "", 0, troupe.second)
    a.partner, b.partner = b, a
    troupe.actors += [a, b]
    troupe.lead = a
    shot.wants_follow = False
    if shot.follow in (a, b):
        shot.follow = None


def _rain(shot: Shot, troupe: Troupe) -> None:
    """Many of a thing come down, again and again."""
    rng = shot.rng
    noun = pick(rng, FALLERS) if rng.random() < 0.7 else pick(rng, NOUNS)
    n = int(rng.integers(5, 8))
    columns = np.linspace(-0.95, 0.95, n)
    for i in range(n):
        size = float(np.clip(noun.size * rng.uniform(0.7, 0.95), 0.2, 0.34))
        actor = settle(shot, noun, (float(columns[i] + rng.normal(0, 0.05)) * shot.half, shot.floor + rng.uniform(-0.12, 0.3)), size, 1.0)
        s = actor.state
        height = shot.top - s[0, Y] + 0.3
        speed = rng.uniform(0.5, 0.85)
        u = (TIME * speed + (i * 0.618 % 1 + rng.uniform(0, 0.1)) * (height + 0.2)) % (height + 0.2)
        s[:, H] = np.maximum(height - u, 0)
        s[:, X] += sway(rng, TIME, 0.3, 0.05)
        s[:, 5] += rng.uniform(-0.25, 0.25) * TIME
        s[:, PRES] = np.where((u < 0.1) | (u > height + 0.06), -1.0, 1.0)
        describe(actor, "rain", "", 0, troupe.second)
        troupe.actors.append(actor)
    if rng.random() < 0.5:
        bystander(shot, troupe)
    shot.wants_follow = False


def _parade(shot: Shot, troupe: Troupe) -> None:
    """A line of them marches through."""
    rng = shot.rng
    noun, n = pick(rng, PLAYERS), int(rng.integers(3, 7))
    side = float(rng.choice([-1, 1]))
    size = min(fit(shot, noun, 5, rng), 0.75)
    gap = size * noun.w * 1.08
    speed = rng.uniform(0.3, 0.42)
    for i in range(n):
        actor = settle(shot, noun, (0.0, shot.floor), size, side)
        actor.state[:, X] = side * (speed * (TIME - 2.5) + (n - 1) / 2 * gap - i * gap)
        actor.state[:, 9] = 0.7
        high, squash = hops(TIME, 0.6, 0.04, 0.0)
        actor.state[:, H] += high
        actor.state[:, SQUASH] += squash * 0.4
        describe(actor, "parade", "", 0, troupe.second)
        troupe.actors.append(actor)
    if shot.wants_follow:
        shot.follow = troupe.actors[n // 2]


def _path(shot: Shot, troupe: Troupe) -> None:
    """An actor that goes where a finger drew; others beside it."""
    rng = shot.rng
    shot.wants_follow = False
    noun = anyone(rng)
    size = fit(shot, noun, 2, rng)
    actor = settle(shot, noun, (0.0, shot.floor + rng.uniform(-0.05, 0.15)), size, float(rng.choice([-1, 1])))
    drawn_path(shot, actor, rng)
    verb = pick(rng, ["", suited("walk", noun), suited("run", noun), "idle", "fly" if noun.kind in ("fly", "air") else ""])
    describe(actor, verb, "", 0, troupe.second)
    troupe.actors.append(actor)
    troupe.path_of = actor
    if rng.random() < 0.4:
        bystander(shot, troupe)
    if rng.random() < 0.25 and noun in PLAYERS:
        dress(shot, actor, troupe.actors, "wear" if rng.random() < 0.6 else "hold")

