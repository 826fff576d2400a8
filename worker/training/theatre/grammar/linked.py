"""What verbs between two share."""

import numpy as np

from ..state import FACE, LONG, PRES, SIZE, TIME
from .shot import Actor

t = TIME


def link(child: Actor, parent: Actor, attach: str) -> np.ndarray:
    """Makes `child` relative to `parent`: a fresh state that means 'exactly there, same size and facing'."""
    child.parent, child.attach = parent, attach
    state = np.zeros((LONG, child.state.shape[1]))
    state[:, PRES] = 1
    state[:, FACE] = 1
    state[:, SIZE] = np.log2(child.size / parent.size)
    child.state = state
    return state


def flapping(actor: Actor) -> float:
    """Amplitude of wings or fins while it hangs about."""
    return {"fly": 1.0, "swim": 0.7}.get(actor.noun.kind, 0.0)
