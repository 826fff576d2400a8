"""Who plays and what they do: draws a cast with its verbs and performs the motions."""

import numpy as np

from ..state import H, PRES, SQUASH, TIME, X, Y
from ..words import BY_ID, NOUNS, pick
from .motion import hops, sway
from .pairs import duo_clip, relation_clip
from .shot import Shot, fit
from .solos import MOBILE
from .travel import drawn_path
from .troupe import BALLS, FALLERS, HOLDABLE, INSTRUMENTS, LAUNCHERS, PLAYERS, SOLO_ODDS, VERBS_OF, WEARABLE, Troupe, anyone, bystander, describe, dress, ensemble, feel, settle, suited


def cast_clip(shot: Shot, mood: str) -> Troupe:
    """Draws the cast of one clip and lets it act."""
    rng = shot.rng
    often = 0.3 if shot.aspect < 2 else 0.6
    shot.wants_follow = shot.camera_word == "follow" or (shot.camera_word == "" and not shot.free and rng.random() < often)
    kinds = ["solo", "many", "mixed", "duo", "relation", "rain", "parade", "path", "outfit"]
    kind = str(rng.choice(kinds, p=[0.2, 0.15, 0.09, 0.28, 0.08, 0.03, 0.02, 0.06, 0.09]))
    troupe = Troupe([], None)  # type: ignore[arg-type]
    shot.unsaid = kind in ("solo", "many", "mixed") and rng.random() < 0.16
    KINDS[kind](shot, troupe)
    troupe.lead = troupe.lead or troupe.actors[0]
    if mood:
        troupe.lead.mood = mood if rng.random() < 0.6 else ""
        if kind in ("solo", "many", "mixed", "relation", "outfit") and troupe.lead.parent is None:
            feel(shot, troupe.lead, mood)
    if shot.camera_word == "follow" and shot.follow is None:
        shot.follow = troupe.lead if troupe.lead.parent is None else troupe.lead.parent
    return troupe


def solo_clip(shot: Shot, troupe: Troupe) -> None:
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


def many_clip(shot: Shot, troupe: Troupe) -> None:
    rng = shot.rng
    n = int(rng.choice([2, 3, 4, 5, 6, 7, 8], p=[0.3, 0.26, 0.16, 0.13, 0.07, 0.04, 0.04]))
    verb = str(rng.choice(VERBS_OF, p=SOLO_ODDS))
    if shot.aspect >= 3 and n > 3 and verb in MOBILE:
        verb = "dance"
    troupe.actors += ensemble(shot, [anyone(rng)] * n, [verb] * n, troupe, True)


def mixed_clip(shot: Shot, troupe: Troupe) -> None:
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


def outfit_clip(shot: Shot, troupe: Troupe) -> None:
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


def rain_clip(shot: Shot, troupe: Troupe) -> None:
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


def parade_clip(shot: Shot, troupe: Troupe) -> None:
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


def path_clip(shot: Shot, troupe: Troupe) -> None:
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


KINDS = {"solo": solo_clip, "many": many_clip, "mixed": mixed_clip, "duo": duo_clip, "relation": relation_clip, "rain": rain_clip, "parade": parade_clip,
         "path": path_clip, "outfit": outfit_clip}
"""Kind of clip -> who draws it."""
