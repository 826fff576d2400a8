"""The training curve as a figure for the README (SVG, no plotting library needed)."""

import math
from pathlib import Path


def draw_curve(curve: dict, out: Path) -> None:
    """Loss over steps, logarithmic, with minutes along the bottom."""
    rows = [row for row in curve["rows"] if row[0] >= 50]
    wide, tall, left, bottom = 640, 300, 52, 44
    steps = rows[-1][0]
    low = math.floor(math.log10(min(r[2] for r in rows)) * 5) / 5
    high = math.ceil(math.log10(max(r[2] for r in rows)) * 5) / 5
    x = lambda step: left + (wide - left - 16) * step / steps  # noqa: E731
    y = lambda loss: 14 + (tall - bottom - 14) * (high - math.log10(loss)) / (high - low)  # noqa: E731
    line = " ".join(f"{x(r[0]):.1f},{y(r[2]):.1f}" for r in rows)
    marks = []
    tick = low
    while tick <= high + 1e-9:
        marks.append(f'<path d="M{left} {y(10**tick):.1f}H{wide - 16}" stroke="#ddd"/><text x="{left - 6}" y="{y(10**tick) + 4:.1f}" '
                     f'text-anchor="end">{10**tick:.2f}</text>')
        tick += 0.2
    for share in range(0, 6):
        row = min(rows, key=lambda r: abs(r[0] - steps * share / 5))
        marks.append(f'<text x="{x(row[0]):.1f}" y="{tall - 24}" text-anchor="middle">{row[0]}</text>'
                     f'<text x="{x(row[0]):.1f}" y="{tall - 8}" text-anchor="middle" fill="#888">{row[1]:.0f} min</text>')
    out.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" font-family="sans-serif" font-size="11">'
        f'<rect width="{wide}" height="{tall}" fill="#fff"/>{"".join(marks)}'
        f'<polyline points="{line}" fill="none" stroke="#2563eb" stroke-width="2"/>'
        f'<text x="{left + 8}" y="26">training loss (moving average), steps and minutes on two cores</text></svg>\n')
