"""Written predicates over states: does an actor do what the script says? For watching the training; the product's own evaluation is
`npm run eval:theatre`. `python -m worker.training.theatre.judge director.pt` prints the share per verb, for data and for the model."""

import argparse
from collections import defaultdict

import numpy as np
import torch

from .grammar.compose import absolute_clip, compose, window
from .script import AS_PARTNER, GLOBALS, LINK, NOUN, PARTNER, VERB1, VERB2, code
from .links import ATTACH
from .sample import Take, load, sample
from .state import CURTAIN, FACE, H, K, LEAN, LEG, PRES, RATE, ROT, SIZE, SQUASH, T, X, Y
from .words import CAMERAS, NOUNS, VERBS

SHOW = slice(CURTAIN, T)


def there(s):
    return s[:, PRES] > 0


def width(s, noun):
    return 2 ** s[:, SIZE] * noun.w


def travel(s):
    return np.abs(np.diff(s[:, X])).sum() * RATE / (len(s) - 1)


def hop_count(s):
    h = s[:, H]
    return int(((h[1:-1] > h[:-2]) & (h[1:-1] >= h[2:]) & (h[1:-1] > h.min() + 0.06)).sum())


def turns(s):
    return int((np.diff(np.sign(s[:, FACE])) != 0).sum())


def touching(a, b, na, nb, slack=1.15):
    """Keys at which two sprites are in contact, sideways."""
    return np.abs(a[:, X] - b[:, X]) <= slack * 0.5 * (width(a, na) + width(b, nb)) + 0.03


def wobble(values):
    """Swing of a channel about its slow mean."""
    return float(np.std(values - np.convolve(np.pad(values, 8, mode="edge"), np.ones(17) / 17, "valid")))


SOLO_TESTS = {
    "walk": lambda s, n: travel(s) > 0.1,
    "run": lambda s, n: travel(s) > 0.3 and (n.kind != "walk" or n.gait == "none" or s[:, LEG].mean() > 0.6),
    "jump": lambda s, n: hop_count(s) >= 2,
    "fly": lambda s, n: s[:, H].mean() > 0.2 and travel(s) > 0.12,
    "swim": lambda s, n: travel(s) > 0.12,
    "slide": lambda s, n: travel(s) > 0.2 and s[:, LEG].mean() < 0.35,
    "drive": lambda s, n: travel(s) > 0.25,
    "roll": lambda s, n: np.ptp(s[:, ROT]) > 0.5,
    "bounce": lambda s, n: hop_count(s) >= 3,
    "dance": lambda s, n: wobble(s[:, LEAN]) > 0.05 and wobble(s[:, SQUASH]) > 0.03,
    "spin": lambda s, n: np.ptp(s[:, ROT]) > 0.9 or turns(s) >= 4,
    "fall": lambda s, n: s[:, H].max() > 0.9 and s[-8:, H].max() < 0.25,
    "float": lambda s, n: s[-8:, H].mean() > 0.2,
    "grow": lambda s, n: s[-4:, SIZE].mean() - s[:4, SIZE].mean() > 0.8,
    "shrink": lambda s, n: s[-4:, SIZE].mean() - s[:4, SIZE].mean() < -1.0,
    "explode": lambda s, n: there(s)[:8].all() and (~there(s)).sum() >= 8,
    "appear": lambda s, n: not there(s)[:2].any() and there(s)[-16:].all(),
    "vanish": lambda s, n: there(s)[:12].all() and not there(s)[-4:].any(),
    "sleep": lambda s, n: travel(s) < 0.12 and s[:, SQUASH].mean() < -0.05,
    "sit": lambda s, n: s[:, SQUASH].mean() < -0.12,
    "wave": lambda s, n: wobble(s[:, LEAN]) > 0.06,
    "shake": lambda s, n: wobble(s[:, X]) > 0.012,
    "climb": lambda s, n: s[-4:, H].mean() - s[:8, H].mean() > 0.15,
    "launch": lambda s, n: s[:6, H].max() < 0.25 and s[-6:, H].mean() > 0.8,
    "swing": lambda s, n: wobble(s[:, ROT]) > 0.03,
    "cry": lambda s, n: s[:, LEAN].mean() > 0.06,
    "laugh": lambda s, n: s[:, LEAN].mean() < -0.05,
    "celebrate": lambda s, n: hop_count(s) >= 3,
    "parkour": lambda s, n: travel(s) > 0.3 and hop_count(s) >= 2,
    "flip": lambda s, n: np.ptp(s[:, ROT]) > 0.8 and hop_count(s) >= 2,
    "look": lambda s, n: turns(s) >= 1,
}
"""Verb -> predicate on the subject's shown keys."""

DUO_TESTS = {
    "chase": lambda a, b, na, nb: np.mean(np.sign(np.diff(a[:, X])) == np.sign(np.diff(b[:, X]))) > 0.5
    and np.mean((b[:, X] - a[:, X]) * np.sign(b[:, FACE]) > 0) > 0.55,
    "race": lambda a, b, na, nb: abs(a[-1, X] - a[0, X]) > 2 and np.sign(a[-1, X] - a[0, X]) == np.sign(b[-1, X] - b[0, X]),
    "orbit": lambda a, b, na, nb: np.ptp(np.unwrap(np.arctan2(a[:, H] - a[:, H].mean(), (a[:, X] - b[:, X]) * 0.4))) > 3.5,
    "ride": lambda a, b, na, nb: np.mean(np.abs(a[:, X] - b[:, X]) < 0.5 * width(b, nb)) > 0.9 and travel(b) > 0.1,
    "eat": lambda a, b, na, nb: there(b)[:6].all() and not there(b)[-4:].any() and touching(a, b, na, nb)[there(b)].mean() > 0.7,
    "kick": lambda a, b, na, nb: touching(a, b, na, nb, 1.3).any() and np.abs(b[-1, X] - b[0, X]) > 0.25 and b[:, H].max() > 0.15,
    "throw": lambda a, b, na, nb: b[:, H].max() > 0.25 and b[-4:, H].max() < 0.25 and np.abs(b[-1, X] - b[0, X]) > 0.2,
    "meet": lambda a, b, na, nb: np.mean(((b[:, X] - a[:, X]) * a[:, FACE] > 0)[-16:]) > 0.8 and touching(a, b, na, nb, 1.7)[-12:].mean() > 0.7,
    "kiss": lambda a, b, na, nb: touching(a, b, na, nb, 1.2)[-16:].mean() > 0.7,
    "hug": lambda a, b, na, nb: touching(a, b, na, nb, 0.95)[-12:].mean() > 0.7,
    "fight": lambda a, b, na, nb: touching(a, b, na, nb, 1.5)[-16:].mean() > 0.6 and wobble(a[:, LEAN]) > 0.06,
    "push": lambda a, b, na, nb: np.mean((b[:, X] - a[:, X]) * a[:, FACE] > 0) > 0.9 and abs(b[-1, X] - b[0, X]) > 0.2,
    "pull": lambda a, b, na, nb: np.mean((b[:, X] - a[:, X]) * a[:, FACE] < 0) > 0.9 and abs(b[-1, X] - b[0, X]) > 0.2,
    "set-off": lambda a, b, na, nb: b[:6, H].max() < 0.25 and b[:, H].max() > 0.6 and not there(b)[-4:].any(),
}

CAMERA_TESTS = {
    "push-in": lambda c: c[-1, SIZE] - c[0, SIZE] > 0.3,
    "pull-out": lambda c: c[-1, SIZE] - c[0, SIZE] < -0.3,
    "pan-left": lambda c: c[-1, X] - c[0, X] < -0.25,
    "pan-right": lambda c: c[-1, X] - c[0, X] > 0.25,
    "crane-up": lambda c: c[-1, Y] - c[0, Y] > 0.2,
    "crane-down": lambda c: c[-1, Y] - c[0, Y] < -0.2,
    "orbit": lambda c: np.ptp(c[:, X]) > 0.25 and abs(c[-1, X] - c[0, X]) < 0.9 * np.ptp(c[:, X]),
    "zoom-fast": lambda c: np.max(c[5:, SIZE] - c[:-5, SIZE]) > 0.4,
    "handheld": lambda c: wobble(c[:, X]) > 0.008 and np.ptp(c[:, SIZE]) < 0.15,
    "fixed": lambda c: max(np.ptp(c[:, X]), np.ptp(c[:, Y]), np.ptp(c[:, SIZE])) < 0.1,
}


def judge(take: Take) -> list[tuple[str, bool]]:
    """(what, held) for every claim of a script that a predicate exists for."""
    found = []
    states = take.absolute[:, SHOW]
    for slot in range(K):
        line = take.cast[slot]
        noun = take.nouns[slot]
        if line[NOUN] == 0 or noun is None:
            continue
        s = states[slot]
        found.append(("presence", bool(there(s).mean() > 0.1)))
        if line[VERB1] == 0 or line[VERB2] > 0 or ATTACH[line[LINK]] not in ("none", "ride"):
            continue
        verb = VERBS[line[VERB1] - 1]
        if verb in SOLO_TESTS:
            found.append((verb, bool(SOLO_TESTS[verb](s, noun))))
        other = int(line[PARTNER]) - 1
        if verb in DUO_TESTS and other >= 0 and take.nouns[other] is not None:
            found.append((verb, bool(DUO_TESTS[verb](s, states[other], noun, take.nouns[other]))))
    camera = take.words[GLOBALS.index("camera")]
    if camera and CAMERAS[camera - 1] in CAMERA_TESTS:
        found.append((f"camera {CAMERAS[camera - 1]}", bool(CAMERA_TESTS[CAMERAS[camera - 1]](states[K]))))
    for group in groups(take.cast):
        found.append(("apart", apart(states, take, group)))
    found.append(("steady", steady(take)))
    return found


def groups(cast: np.ndarray) -> list[list[int]]:
    """Slots of the same noun and verb without a link."""
    kinds: dict[tuple, list[int]] = defaultdict(list)
    for slot in range(K):
        if cast[slot, NOUN] and not cast[slot, LINK] and cast[slot, VERB1] != code(VERBS, "rain"):
            kinds[tuple(cast[slot, [NOUN, VERB1, AS_PARTNER]])].append(slot)
    return [slots for slots in kinds.values() if len(slots) > 1]


def apart(states: np.ndarray, take: Take, group: list[int]) -> bool:
    """No two of a group hide each other for long."""
    for i, a in enumerate(group):
        for b in group[i + 1 :]:
            sa, sb = states[a], states[b]
            near = 0.5 * (width(sa, take.nouns[a]) + width(sb, take.nouns[b]))
            over = (np.abs(sa[:, X] - sb[:, X]) < 0.45 * near) & (np.abs(sa[:, Y] + sa[:, H] - sb[:, Y] - sb[:, H]) < 0.18)
            if (over & there(sa) & there(sb)).mean() > 0.3:
                return False
    return True


def steady(take: Take) -> bool:
    """No teleports of visible roots relative to the camera."""
    for slot in range(K):
        if take.nouns[slot] is None or take.cast[slot, LINK]:
            continue
        s = take.absolute[slot, SHOW]
        shown = there(s)[1:] & there(s)[:-1]
        step = np.hypot(np.diff(s[:, X] - take.absolute[K, SHOW, X]), np.diff(s[:, H]))
        if (step[shown] > 0.55).any():
            return False
    return True


def scripts(count: int, seed: int = 99) -> tuple[list[Take], np.ndarray, np.ndarray]:
    """Fresh scripts with what the grammar makes of them."""
    takes, words, casts, index = [], [], [], 0
    while len(takes) < count:
        clip = compose(np.random.default_rng([seed, index]))
        index += 1
        if clip.shot.late or clip.picture or clip.free_camera or clip.path_of is not None:
            continue
        made = window(clip, False)
        nouns = [NOUNS[n] if n >= 0 else None for n in made["nouns"]]
        takes.append(Take(made["states"], absolute_clip(clip)[:, :T], nouns, made["background"], made["cast"], made["globals"]))
        words.append(made["globals"])
        casts.append(made["cast"])
    return takes, np.stack(words), np.stack(casts)


def main() -> None:
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=2.0)
    args = parser.parse_args()
    real, words, casts = scripts(args.count)
    model = load(args.checkpoint)
    made: list[Take] = []
    for start in range(0, len(words), 32):
        part = slice(start, start + 32)
        made += sample(model, words[part], casts[part], list(range(start, start + len(words[part]))), args.steps, args.guidance)
    score: dict[str, list[list[bool]]] = defaultdict(lambda: [[], []])
    for side, takes in enumerate((real, made)):
        for take in takes:
            for what, held in judge(take):
                score[what][side].append(held)
    verbs = []
    for what, (data, model_) in sorted(score.items(), key=lambda item: np.mean(item[1][1])):
        print(f"{what:20} n {len(model_):4}  data {np.mean(data):.2f}  model {np.mean(model_):.2f}")
        if what in SOLO_TESTS or what in DUO_TESTS:
            verbs += model_
    print(f"actions {np.mean(verbs):.3f}")


if __name__ == "__main__":
    main()
