"""Clips of two: verbs between them, and how one stands to the other."""

import numpy as np

from ..state import FACE, H, LEAN, LONG, PRES, RATE, SIZE, SQUASH, TIME, X, Y, ZBIAS
from ..words import NOUNS, SIZE_FACTORS, SPEED_FACTORS, group, named, pick, tagged
from . import duos
from .duos import DUO, LATER
from .linked import link
from .motion import ramp, slow_stop, sway
from .shot import AFLOAT, Actor, Shot, fit, spots
from .solos import solo
from .troupe import AFTER, AIR, ANIMALS, BALLS, BURSTS, DUOS_OF, DUO_ODDS, EDIBLE, FLYERS, HOLDABLE, LOADS, MOUNTS, PLAYERS, ROAD, Troupe, anyone, bystander, describe, dress, perform, settle, suited


def duo_clip(shot: Shot, troupe: Troupe) -> None:
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


def relation_clip(shot: Shot, troupe: Troupe) -> None:
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
