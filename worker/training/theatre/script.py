"""The script: the integers that the words become and the director is conditioned on. All fields: 0 = not said, else index + 1."""

import numpy as np

from .links import ATTACH
from .state import K
from .words import ASPECTS, CAMERAS, MOODS, NOUNS, SETS, SIZES, SPEEDS, TIMES, VERBS, WEATHERS

GLOBALS = ["set", "time", "weather", "camera", "mood", "aspect", "picture"]
"""Fields of a whole clip. `aspect` is always said (1..5); `picture`: 1 when a member's picture is the set."""
GLOBAL_SIZES = [len(SETS) + 1, len(TIMES) + 1, len(WEATHERS) + 1, len(CAMERAS) + 1, len(MOODS) + 1, len(ASPECTS) + 1, 2]

CAST = ["noun", "verb1", "verb2", "verbAsPartner", "partner", "attach", "size", "speed", "mood"]
"""Fields of a slot. verb2: what it does after verb1. verbAsPartner: the verb whose object this slot is. partner: the other one's slot + 1.
attach: index into ATTACH (0 none): how this slot is linked to `partner`."""
CAST_SIZES = [len(NOUNS) + 1, len(VERBS) + 1, len(VERBS) + 1, len(VERBS) + 1, K + 1, len(ATTACH), len(SIZES) + 1, len(SPEEDS) + 1, len(MOODS) + 1]

NOUN, VERB1, VERB2, AS_PARTNER, PARTNER, LINK, SIZE_WORD, SPEED_WORD, MOOD = range(len(CAST))
WORDS_OF_CAST = (VERB1, VERB2, AS_PARTNER, SIZE_WORD, SPEED_WORD, MOOD)
"""Fields that guidance drops; nouns, partners and links stay, or the two branches would talk about different casts."""


def code(options: list[str], word: str) -> int:
    """0 for '', else index + 1."""
    return options.index(word) + 1 if word else 0


def parents_of(cast: np.ndarray) -> np.ndarray:
    """[K] parent slot of each slot, -1 for none: the partner, if there is a link."""
    return np.where(cast[:, LINK] > 0, cast[:, PARTNER] - 1, -1)
