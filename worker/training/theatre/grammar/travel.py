"""Getting about: walking, running, driving, flying, swimming, sliding, parkour, and paths drawn by a member's finger."""

import numpy as np

from ..state import FACE, FLAP, H, LEAN, LEG, ROT, SQUASH, TIME, X, Y
from ..words import HALF_WIDTHS
from .motion import TAU, blur, facing_of, hops, patrol, ramp, sway
from .shot import Actor, Shot, gait, velocity

SPEEDS = {"walk": (0.36, 0.5), "run": (1.0, 1.4), "drive": (0.9, 1.3), "fly": (0.65, 0.95), "swim": (0.45, 0.65), "slide": (0.75, 1.05),
          "parkour": (0.9, 1.15), "roll": (0.6, 0.95)}
"""World units a second at 16:9. Walk and run do not overlap."""


def road_length(shot: Shot, actor: Actor) -> float:
    """Half of the way an actor may walk and stay in the frame."""
    return max(0.16, 0.94 * shot.half - actor.wide / 2 - shot.margin)


def track(shot: Shot, actor: Actor, t: np.ndarray, verb: str, anchored: bool, rng: np.random.Generator) -> np.ndarray:
    """x over time: with the camera, back and forth, or an entrance and then back and forth."""
    slow, fast = SPEEDS[verb]
    speed = (slow + (fast - slow) * float(rng.choice([0.2, 0.8]))) * shot.speed
    side = float(rng.choice([-1, 1]))
    home = actor.state[0, X]
    if shot.wants_follow and not anchored:
        shot.follow = shot.follow or actor
        return home * 0.2 + side * speed * (t - 2.5)
    speed *= shot.pace
    reach = road_length(shot, actor)
    if anchored:
        start = np.clip(home, -reach, reach)
        x = patrol(speed * np.maximum(t, 0) + (start + reach if side > 0 else 3 * reach - start), -reach, reach)
    elif rng.random() < 0.3:
        x = side * patrol(speed * (t + 0.3) - actor.wide - 0.1, -reach, reach)
    else:
        x = side * patrol(speed * (t + 1) + float(rng.choice([0.0, 1.0])) * reach, -reach, reach)
    return blur(x, 1.1)


def locomotion(shot: Shot, actor: Actor, t: np.ndarray, verb: str, anchored: bool, rng: np.random.Generator, x: np.ndarray | None = None) -> None:
    """Moves an actor along a track with the legs, lean and bob of its kind."""
    s, kind = actor.state, actor.noun.kind
    x = track(shot, actor, t, verb, anchored, rng) if x is None else x
    s[:, X] = x
    v = velocity(x)
    s[:, FACE] = facing_of(v, s[0, FACE])
    speed = np.abs(v)
    fast = np.clip(speed / (SPEEDS["run"][0] * shot.pace), 0, 1.2)
    going = np.clip(speed / 0.2, 0, 1)
    if verb == "run":
        gait(actor, going, rng)
        s[:, LEAN] += 0.17 * going if kind == "walk" else 0.06 * going
        if kind == "walk":
            high, squash = hops(t, 0.5, 0.05 * actor.size / 0.7, 0.0, 0.3, 0.06)
            s[:, H] += high * going
            s[:, SQUASH] += squash * going
    elif verb == "walk":
        gait(actor, 0.55 * going, rng)
        s[:, LEAN] += 0.03 * going
    elif verb == "slide":
        s[:, LEAN] += 0.13 * going
        s[:, SQUASH] -= 0.06 * going
    elif verb == "drive":
        s[:, SQUASH] += sway(rng, t, 1.7, 0.015) * going
        s[:, LEAN] += 0.03 * fast * going
        if kind == "walk":
            gait(actor, 0.7 * going, rng)
    elif verb in ("fly", "swim"):
        s[:, FLAP] = 1
        bob = 0.12 if verb == "fly" else 0.06
        bob = min(bob, shot.headroom(actor) * 0.15)
        s[:, H] += sway(rng, t, 0.35, bob)
        climb = velocity(s[:, H])
        s[:, ROT] += np.clip(climb * 0.07, -0.06, 0.06) * s[:, FACE]
        if kind == "walk":
            s[:, LEAN] += 0.1 * going


def fly(shot: Shot, actor: Actor, t: np.ndarray, anchored: bool, rng: np.random.Generator) -> None:
    """Up in the air: takes off if it starts on the floor."""
    s = actor.state
    room = shot.headroom(actor)
    level = min(rng.uniform(0.5, 0.8), room * 0.82)
    base = s[:, H].copy()
    s[:, H] = base + (level - base) * (ramp(t, 0, 1.0) if anchored else 1.0)
    if rng.random() < 0.4 and not anchored and not shot.wants_follow:
        f, ph = 0.16 * shot.speed, 0.5 * np.pi * int(rng.integers(4))
        x = road_length(shot, actor) * 0.95 * np.sin(TAU * f * t + ph)
        s[:, H] += min(0.2, room * 0.18) * np.sin(2 * TAU * f * t + 1.7 * ph)
        locomotion(shot, actor, t, "fly", anchored, rng, x)
    else:
        locomotion(shot, actor, t, "fly", anchored, rng)


def roll(shot: Shot, actor: Actor, t: np.ndarray, anchored: bool, rng: np.random.Generator) -> None:
    """Rolls without slipping: the angle is the way divided by the radius."""
    s = actor.state
    x = track(shot, actor, t, "roll", anchored, rng)
    s[:, ROT] -= (x - x[7]) / (np.pi * max(actor.wide, actor.tall) * 0.95)
    s[:, X] = x
    s[:, FACE] = s[0, FACE]


def parkour(shot: Shot, actor: Actor, t: np.ndarray, anchored: bool, rng: np.random.Generator) -> None:
    """Runs and leaps high, now and then with a somersault."""
    s = actor.state
    locomotion(shot, actor, t, "parkour", anchored, rng)
    period = 1.25
    high, squash = hops(t, period, min(0.5, shot.headroom(actor) * 0.8), 0.0, 0.34, 0.2)
    s[:, H] += high
    s[:, SQUASH] += squash
    gait(actor, 1.0, rng)
    s[:, LEAN] += 0.14


def drawn_path(shot: Shot, actor: Actor, rng: np.random.Generator) -> None:
    """A path as a finger draws it: a few random points, travelled at an even pace, with halts at the ends."""
    s, t = actor.state, TIME
    points = int(rng.integers(2, 6))
    knots = np.sort(rng.uniform(0.2, 9.5, points))
    knots[0] = rng.uniform(-0.5, 0.8)
    if rng.random() < 0.6:
        knots = np.interp(knots, [knots[0], knots[-1] + 1e-3], [knots[0], rng.uniform(3.5, 5.2)])
    reach = HALF_WIDTHS[shot.aspect] * 0.95
    air = actor.noun.kind in ("fly", "air", "swim", "sky") or rng.random() < 0.2
    still = rng.random() < 0.2
    for channel, low, high in ((X, -reach, reach), (Y, -0.85, -0.25), (H, 0.0, shot.headroom(actor))):
        values = rng.uniform(low, high, points)
        if channel == H and not air or still:
            values[:] = s[0, channel] if channel != X else values[0]
        if channel == Y and (air or rng.random() < 0.5):
            values[:] = s[0, Y]
        s[:, channel] = blur(np.interp(t, knots, values), 2.2 if not still else 1)
    v = velocity(s[:, X])
    pace = np.hypot(v, np.hypot(velocity(s[:, Y]), velocity(s[:, H])))
    s[:, FACE] = facing_of(v, s[0, FACE])
    going = np.clip(pace / 0.25, 0, 1)
    if actor.noun.kind == "walk":
        gait(actor, going * np.where(pace > 0.7, 1.0, 0.55), rng)
    s[:, LEAN] += np.clip(np.abs(v) * 0.12, 0, 0.17)
    if actor.noun.kind in ("fly", "swim"):
        s[:, FLAP] = 1
    s[:, LEG] = np.minimum(s[:, LEG], 1)
