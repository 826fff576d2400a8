"""Contact strips of clips, drawn simply (flat sky, sprites, shadows): to look at the grammar and at the model while it trains.

The stage graph draws the real thing; this needs only Pillow. `python -m worker.training.theatre.preview out.png --count 12`
"""

import argparse
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from .grammar.compose import Clip, absolute_clip, compose
from .links import SHEAR
from .stage.scenery import INDEX
from .state import CURTAIN, FACE, H, K, LEAN, PRES, RATE, ROT, SIZE, SQUASH, X, Y, ZBIAS
from .words import HALF_WIDTHS, Noun

SPRITES = Path(__file__).parents[2] / "models" / "theatre" / "sprites"


@lru_cache(None)
def sprite(noun: str) -> Image.Image:
    """A sprite at half size."""
    image = Image.open(SPRITES / f"{noun}.webp").convert("RGBA")
    return image.resize((128, 128), Image.Resampling.BOX)


def matrix(state: np.ndarray, centre: tuple[float, float], half: float) -> tuple[float, ...]:
    """Output pixel -> sprite pixel, the inverse of the drawing described in links.py."""
    c, s = np.cos(2 * np.pi * state[ROT]), np.sin(2 * np.pi * state[ROT])
    face = 1.0 if state[FACE] >= 0 else -1.0
    turn = np.array([[c, s], [-s, c]]) @ np.array([[1, 0], [0, -1]])  # pixel y runs down
    scale = np.diag([face / (half * np.exp(-0.6 * state[SQUASH])), 1 / (half * np.exp(state[SQUASH]))])
    shear = np.array([[1, -SHEAR * state[LEAN]], [0, 1]])
    linear = shear @ scale @ turn
    texture = np.diag([64.0, -64.0]) @ linear
    offset = texture @ -np.array(centre) + np.array([64.0 - 64.0 * SHEAR * state[LEAN], 64.0])
    return (texture[0, 0], texture[0, 1], offset[0], texture[1, 0], texture[1, 1], offset[1])


def frame(states: np.ndarray, nouns: list[Noun | None], background: np.ndarray, size: tuple[int, int]) -> Image.Image:
    """One key [K + 1, D] as a small picture."""
    wide, tall = size
    cam = states[K]
    zoom = 2.0 ** cam[SIZE]

    def colour(name: str) -> tuple[int, ...]:
        return tuple(int(np.clip(background[INDEX[f"{name}-{ch}"]] * 0.5 + 0.5, 0, 1) * 255) for ch in "rgb")

    image = Image.new("RGBA", size, (*colour("low"), 255))
    draw = ImageDraw.Draw(image)
    for row in range(8):
        mix = row / 7
        shade = tuple(int(a + (b - a) * mix) for a, b in zip(colour("top"), colour("low")))
        draw.rectangle((0, row * tall / 16, wide, (row + 1) * tall / 16), fill=shade)
    horizon = (0.5 - ((background[INDEX["horizon"]] - cam[Y] * 0.5 + 0.15) * zoom - 0.15) * 0.5) * tall
    draw.rectangle((0, min(horizon, tall), wide, tall), fill=colour("near"))
    half_width = wide / tall
    for tick in range(-12, 13):  # marks on the ground show the camera's travel
        x = ((tick - cam[X]) * zoom / half_width * 0.5 + 0.5) * wide
        draw.line((x, tall * 0.93, x, tall), fill=colour("far"), width=2)
    for slot in sorted(range(K), key=lambda k: -(states[k, Y] - 0.5 * states[k, ZBIAS])):
        s, noun = states[slot], nouns[slot]
        if noun is None or s[PRES] < 0:
            continue
        parallax = 1 - 0.5 * np.clip((s[Y] + 0.45) / 0.6, 0, 1)
        x = ((s[X] - cam[X] * parallax) * zoom / half_width * 0.5 + 0.5) * wide
        ground = (0.5 - ((s[Y] - cam[Y] * parallax + 0.15) * zoom - 0.15) * 0.5) * tall
        px = 2.0 ** s[SIZE] * zoom * tall / 2
        shadow = px * 0.3 * noun.w
        draw.ellipse((x - shadow, ground - shadow * 0.2, x + shadow, ground + shadow * 0.2), fill=(0, 0, 0, 90))
        centre = (x, ground - s[H] * zoom * tall / 2 - 0.5 * px * np.exp(s[SQUASH]))
        layer = sprite(noun.id).transform(size, Image.Transform.AFFINE, matrix(s, centre, px / 2), Image.Resampling.BILINEAR)
        image.alpha_composite(layer)
        draw = ImageDraw.Draw(image)
    return image.convert("RGB")


def strip(states: np.ndarray, nouns: list[Noun | None], background: np.ndarray, aspect: int, label: str, times: np.ndarray,
          tall: int = 150) -> Image.Image:
    """Frames of one clip side by side under a label. `states`: [K + 1, keys, D], absolute, key CURTAIN at 0 s."""
    wide = int(tall * HALF_WIDTHS[aspect])
    out = Image.new("RGB", (wide * len(times), tall + 14), (20, 20, 28))
    ImageDraw.Draw(out).text((4, 1), label, fill=(240, 240, 250))
    for i, second in enumerate(times):
        key = int(round(CURTAIN + second * RATE))
        out.paste(frame(states[:, min(key, states.shape[1] - 1)], nouns, background, (wide, tall)), (i * wide, 14))
    return out


def stack(strips: list[Image.Image]) -> Image.Image:
    """Strips below each other."""
    out = Image.new("RGB", (max(s.width for s in strips), sum(s.height for s in strips)), (20, 20, 28))
    top = 0
    for s in strips:
        out.paste(s, (0, top))
        top += s.height
    return out


def caption(clip: Clip) -> str:
    """What the script of a clip says."""
    cast = [f"{a.size_word} {a.noun.id}[{'>'.join(v for v in a.verbs if v)}{('@' + a.attach) if a.attach != 'none' else ''}]".strip()
            for a in clip.actors if a.bound]
    return " ".join(cast) + " | " + " ".join(v for v in clip.words.values() if v) + f" late={clip.shot.late:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--end", type=float, default=4.9)
    parser.add_argument("--verb", default="", help="only clips in which somebody does this")
    parser.add_argument("--camera", default="")
    args = parser.parse_args()
    strips, index = [], 0
    while len(strips) < args.count:
        clip = compose(np.random.default_rng([args.seed, index]))
        index += 1
        if args.verb and not any(args.verb in (*a.verbs, a.attach) for a in clip.actors) or args.camera not in clip.words["camera"]:
            continue
        nouns = [a.noun for a in clip.actors[:K]] + [None] * (K - len(clip.actors[:K]))
        strips.append(strip(absolute_clip(clip), nouns, clip.background, clip.shot.aspect, caption(clip), np.linspace(0, args.end, 8)))
    stack(strips).save(args.out)


if __name__ == "__main__":
    main()
