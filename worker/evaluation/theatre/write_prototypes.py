"""prototypes.json: what the background vector of every set looks like at every time of day (mean and spread over weathers and draws).
The evaluation judges generated backgrounds by the nearest one.

    python -m worker.evaluation.theatre.write_prototypes
"""

import json
from pathlib import Path

import numpy as np

from worker.training.theatre.stage.scenery import NAMES, background
from worker.training.theatre.words import SETS, TIMES, WEATHERS

OUT = Path(__file__).parent / "prototypes.json"
DRAWS = 48
IGNORED = ("sun-x", "sun-y", "seed-1", "seed-2", "vignette", "rain", "snow", "petals", "leaves", "fog", "lightning")
"""Entries that say nothing about the set or the time."""


def main() -> None:
    """Writes the file."""
    kept = [i for i, name in enumerate(NAMES) if name not in IGNORED]
    rng = np.random.default_rng(3)
    rows = []
    for kind in SETS:
        for time in TIMES:
            draws = []
            for i in range(DRAWS):
                weather = "clear" if i % 2 else str(rng.choice(WEATHERS))
                draws.append(background(rng, kind, time, weather)[0][kept])
            values = np.stack(draws)
            rows.append({"set": kind, "time": time, "mean": values.mean(0).round(3).tolist(), "spread": values.std(0).round(3).tolist()})
    OUT.write_text(json.dumps({"entries": [NAMES[i] for i in kept], "prototypes": rows}) + "\n")


if __name__ == "__main__":
    main()
