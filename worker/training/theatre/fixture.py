"""resolve.json: random relative states, their parents and the absolute states that links.py makes of them; the TypeScript port is held to it."""

import json
from pathlib import Path

import numpy as np

from .links import ATTACH, resolve
from .state import D, FACE, K, LEAN, PRES, ROT, SIZE, SQUASH
from .words import BY_ID

OUT = Path(__file__).parents[2] / "families" / "theatre" / "testing" / "resolve.json"
KEYS = 4
PAIRS = {"wear": "top-hat", "hold": "guitar", "ride": "penguin", "eat": "pizza", "give": "rose"}
CHILDREN = ["cat", "suit", "soccer-ball", "butterfly", "zzz"]
PARENTS = ["unicorn", "man", "penguin", "house", "cat-upright"]


def _state(rng: np.random.Generator) -> np.ndarray:
    state = rng.normal(0, 0.3, (KEYS, D))
    state[:, PRES] = rng.choice([-1, 1], KEYS, p=[0.2, 0.8])
    state[:, FACE] = rng.choice([-1, -0.3, 0.2, 1], KEYS)
    state[:, SIZE] = rng.uniform(-2, 0.2, KEYS)
    state[:, ROT] = rng.normal(0, 0.1, KEYS)
    state[:, SQUASH] = rng.normal(0, 0.1, KEYS)
    state[:, LEAN] = rng.normal(0, 0.1, KEYS)
    return state.round(4)


def cases() -> list[dict]:
    """One case per kind of link, and one chain: a hat on a rider on a mount."""
    rng = np.random.default_rng(5)
    made = []
    plans = [[(PARENTS[i % 5], -1, "none"), (PAIRS.get(kind, CHILDREN[i % 5]), 0, kind)] for i, kind in enumerate(ATTACH)]
    plans.append([("unicorn", -1, "none"), ("cat-upright", 0, "ride"), ("knight-helmet", 1, "wear"), ("shield", 1, "hold"), ("zzz", 1, "effect")])
    for plan in plans:
        states = np.zeros((K + 1, KEYS, D))
        nouns: list = [None] * K
        parents, attaches = np.full(K, -1), ["none"] * K
        for slot, (noun, parent, kind) in enumerate(plan):
            states[slot], nouns[slot], parents[slot], attaches[slot] = _state(rng), BY_ID[noun], parent, kind
        done = resolve(states, nouns, parents, attaches)
        made.append({"slots": [
            {"noun": noun, "parent": parent, "attach": kind, "relative": states[slot].tolist(), "absolute": done[slot].round(6).tolist()}
            for slot, (noun, parent, kind) in enumerate(plan)]})
    return made


def write_fixture() -> None:
    """Writes the fixture."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    note = "Written by worker/training/theatre/fixture.py. States are [keys, channels]; a slot's parent is an index into slots, -1 for none."
    OUT.write_text(json.dumps({"note": note, "cases": cases()}) + "\n")


if __name__ == "__main__":
    write_fixture()
