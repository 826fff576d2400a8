"""stage.json: everything about the trained director that the runtime must know, in one file."""

import base64
import json

import numpy as np

from .grammar.decor import DECOR
from .grammar.sparks import MOOD_EFFECTS, ON_OBJECT, VERB_EFFECTS
from .links import ATTACH, LINKS, SHEAR, VERB_LINKS
from .model import CODE, LENS, MASK, TOKENS, WIDTH, identity_codes
from .script import CAST, CAST_SIZES, GLOBAL_SIZES, GLOBALS, WORDS_OF_CAST
from .batch import DROPPED_WORDS, PREFIX
from .stage.scenery import NAMES, SETS as STAGE_SETS, VARYING, flags, horizon
from .state import CAMERA_SCALES, CHANNELS, CURTAIN, K, POSITION, RATE, SCALES, STRIDE, T
from .words import ASPECTS, CAMERAS, CONCEPTS, HALF_WIDTHS, HERE, MOODS, SETS, SIZE_FACTORS, SIZES, SPEED_FACTORS, SPEEDS, TIMES, WEATHERS

VERSION = 1


def describe(trained: dict) -> dict:
    """The whole document. `trained`: what the export knows (steps, loss, bytes)."""
    assert set(SETS) <= set(STAGE_SETS)
    codes = base64.b64encode(np.ascontiguousarray(identity_codes(), dtype="<f4").tobytes()).decode()
    return {
        "version": VERSION,
        "trained": trained,
        "keys": T,
        "keysPerSecond": RATE,
        "curtain": CURTAIN,
        "stride": STRIDE,
        "prefix": PREFIX,
        "actors": K,
        "channels": CHANNELS,
        "position": [CHANNELS[c] for c in POSITION],
        "cameraChannels": [CHANNELS[c] for c in LENS],
        "scales": [[float(x) for x in SCALES], [float(x) for x in CAMERA_SCALES]],
        "background": NAMES,
        "weather": list(VARYING),
        "horizons": {kind: horizon(kind) for kind in SETS},
        "flags": {kind: flags(kind) for kind in SETS},
        "tokens": {"sets": SETS, "times": TIMES, "weathers": WEATHERS, "cameras": CAMERAS, "moods": MOODS, "aspects": ASPECTS},
        "sizes": SIZES,
        "speeds": SPEEDS,
        "attaches": ATTACH,
        "relations": CONCEPTS["relations"],
        "halfWidths": HALF_WIDTHS,
        "sizeFactors": SIZE_FACTORS,
        "speedFactors": SPEED_FACTORS,
        "verbs": [{**verb, "attach": VERB_LINKS.get(verb["id"], ("none", "object"))[0], "child": VERB_LINKS.get(verb["id"], ("none", "object"))[1],
                   "effectOn": "object" if verb["id"] in ON_OBJECT else "subject"} for verb in CONCEPTS["verbs"]],
        "effects": {"verbs": VERB_EFFECTS, "moods": MOOD_EFFECTS},
        "links": {name: vars(link) for name, link in LINKS.items()},
        "shear": SHEAR,
        "globals": GLOBALS,
        "cast": CAST,
        "fieldSizes": {"globals": GLOBAL_SIZES, "cast": CAST_SIZES},
        "guidance": {"dropGlobals": [GLOBALS[i] for i in DROPPED_WORDS], "dropCast": [CAST[i] for i in WORDS_OF_CAST]},
        "layout": {"tokens": TOKENS, "width": WIDTH, "mask": MASK},
        "nouns": json.loads((HERE / "nouns.json").read_text()),
        "identity": {"dims": CODE, "codes": codes, "threshold": 0.5},
        "decor": {kind: sorted({noun.id for noun in nouns}) for kind, nouns in DECOR.items()},
        "sampler": {"steps": 20, "guidance": 4.0, "backgroundGuidance": 1.3, "guidanceUntil": 0.9, "shift": 1.0, "batch": 2},
    }
