"""Paints the scenery strips: rows of trees, towers, houses, clouds ... as grey art that the stage graph colours.

Every strip is WIDTH x HEIGHT, wraps round in x, stands on its bottom edge. Channels: R coverage, G shade (128 = the
palette's colour), B light (lit windows, lamps, glowing caps). All drawn here by script: no outside art.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from plants import candy, conifer, leafy, reef, trunks
from strip import Strip
from towns import castle, pagoda, skyline, stands, town

STRIPS = ("skyline-far", "skyline-near", "town", "pagoda", "castle", "conifer", "leafy", "trunks", "candy", "stands", "reef", "clouds")


def clouds(seed):
    """Cumulus with flat bottoms; shade is the light on them, soft edges."""
    s = Strip(seed)
    for i in range(9):
        x, y = 70 + i * 142 + s.rng.uniform(-30, 30), s.rng.uniform(16, 92)
        w = s.rng.uniform(34, 74)
        blobs = [(s.rng.uniform(-1, 1), s.rng.uniform(0.24, 0.5)) for _ in range(13)]
        balls = [(x + d * w, y + w * 0.16 * (1 - d * d), w * r * (1.15 - 0.6 * abs(d))) for d, r in blobs]
        for shade, dx, dy, k in ((150, 0, 0, 1.0), (196, -0.06, 0.16, 0.9), (228, -0.1, 0.30, 0.76), (250, -0.14, 0.42, 0.58)):
            for bx, by, r in balls:
                s.ball(bx + dx * r, by + dy * r, r * k, r * k * 0.86, shade=shade)
        cut = [(x - w * 1.8, y - w), (x + w * 1.8, y - w), (x + w * 1.8, y - w * 0.14), (x - w * 1.8, y - w * 0.14)]
        s.poly(cut, 150, cover=0)
    return s.image(1.6)


PAINT = {
    "skyline-far": lambda: skyline(11, 0.9, False), "skyline-near": lambda: skyline(12, 0.72, True), "town": lambda: town(13), "pagoda": lambda: pagoda(14),
    "castle": lambda: castle(15), "conifer": lambda: conifer(16), "leafy": lambda: leafy(17), "trunks": lambda: trunks(18), "candy": lambda: candy(19),
    "stands": lambda: stands(20), "reef": lambda: reef(21), "clouds": lambda: clouds(22),
}


def bake():
    """All strips as grey planes, one under the other: uint8 [len(STRIPS) * 3 * HEIGHT, WIDTH]; plane order coverage, shade, light."""
    return np.concatenate([PAINT[name]()[..., c] for name in STRIPS for c in range(3)], 0)


def noise(height=256, width=512):
    """Tileable textures for the graph: [2, height, width] uint8: cloud-like noise, and dots of several sizes (stars, flowers)."""
    rng = np.random.default_rng(3)
    spectrum = np.fft.fft2(rng.normal(size=(height, width)))
    ky, kx = np.fft.fftfreq(height)[:, None] * height, np.fft.fftfreq(width)[None] * width
    k = np.hypot(ky, kx / 2) + 1e-3
    soft = np.fft.ifft2(spectrum * np.exp(-((k / 40) ** 2)) / np.maximum(k, 2.5) ** 1.55).real
    soft = (soft - soft.min()) / (soft.max() - soft.min())
    dots = np.zeros((height, width))
    for _ in range(420):
        x, y, m, r = rng.integers(width), rng.integers(height), rng.uniform(0.25, 1) ** 2, rng.uniform(0.6, 1.5)
        for dy in range(-4, 5):
            for dx in range(-4, 5):
                dots[(y + dy) % height, (x + dx) % width] += m * np.exp(-(dx * dx + dy * dy) / (r * r))
    return (np.stack([soft, dots.clip(0, 1)]) * 255).astype(np.uint8)


if __name__ == "__main__":
    folder = Path(__file__).resolve().parents[3] / "models" / "theatre"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(bake()).save(folder / "scenery.webp", quality=80, method=6)
