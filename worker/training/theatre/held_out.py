"""Who-does-what-to-whom combinations that training never shows: those of the evaluation's prompts with `heldOut` (every second drawn one),
so that the evaluation can say how the director does what it was never taught as a whole."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from .script import AS_PARTNER, NOUN, PARTNER, VERB1, VERB2
from .words import NOUNS, VERBS

PROMPTS = Path(__file__).parents[2] / "evaluation" / "theatre" / "prompts.json"


@cache
def held_out() -> frozenset[tuple[str, str, str]]:
    """(subject, verb, object) of the held-out prompts; object '' = the subject does it, with whomever."""
    prompts = json.loads(PROMPTS.read_text())
    return frozenset((doing["subject"], doing["verb"], doing.get("object", "")) for prompt in prompts if prompt.get("heldOut") for doing in prompt["does"])


def doings(cast: np.ndarray) -> set[tuple[str, str, str]]:
    """All that a script [K, C] says: (subject, verb, object) and, for every verb, (subject, verb, '')."""
    said = set()
    for line in cast:
        if line[NOUN] == 0:
            continue
        one = NOUNS[line[NOUN] - 1].id
        partner = cast[line[PARTNER] - 1][NOUN] if line[PARTNER] > 0 else 0
        other = NOUNS[partner - 1].id if partner > 0 else ""
        for verb in (line[VERB1], line[VERB2]):
            if verb > 0:
                said |= {(one, VERBS[verb - 1], other), (one, VERBS[verb - 1], "")}
        if line[AS_PARTNER] > 0 and other:
            said |= {(other, VERBS[line[AS_PARTNER] - 1], one), (other, VERBS[line[AS_PARTNER] - 1], "")}
    return said


def is_held_out(cast: np.ndarray) -> bool:
    """True for a script that training must not show."""
    return not held_out().isdisjoint(doings(cast))
