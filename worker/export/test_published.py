"""The published models, by their shapes alone; and what an export holds in memory."""

import json
import os
import subprocess
import sys

import pytest

from worker.export import full
from worker.export.graph import F16
from worker.export.plan import plan
from worker.export.quantize import INT4

GIB = 2**30


@pytest.mark.parametrize("name", full.MODELS)
def test_the_graphs_take_the_published_shapes(name):
    """Every weight is used, none is missing: else the builders raise. The totals are the published numbers of parameters."""
    p = plan(name, F16)
    billions = {"1.3b": 1.42, "14b": 14.3, "a14b": 14.3, "5b": 5.0}[name.split("-")[2]]
    if "i2v-14b" in name or "flf2v" in name:
        billions = 16.4
    assert p.weights["transformer"] / 2e9 == pytest.approx(billions, rel=0.02)
    assert p.weights["text_encoder"] / 2e9 == pytest.approx(5.68, rel=0.01)
    assert p.export < 4 * GIB


def test_caches_have_the_size_measured_on_the_reference():
    """1,801 MiB in half precision at 832 x 480 (the same sum over diffusers' own caches)."""
    assert plan("wan2.1-t2v-14b", F16).caches["480p"] / 2**20 == pytest.approx(1801, abs=1)


def test_four_bits_are_a_quarter():
    assert plan("wan2.1-t2v-14b", F16, INT4).weights["transformer"] < 0.32 * plan("wan2.1-t2v-14b", F16).weights["transformer"]


_CHILD = """
import json, resource, sys
from pathlib import Path
from worker.export.checkpoint import open_weights
from worker.export.graph import F16
from worker.export.layers import Types
from worker.export.source import read_json
from worker.export.transformer import TransformerConfig, build_transformer
from worker.export.writer import write_component
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
config = TransformerConfig.read(read_json(folder / "config.json"))
graph = build_transformer(open_weights(folder), config, Types(F16))
before = peak()
write_component(out, "transformer", {"transformer": graph})
print(json.dumps({"before": before, "peak": peak()}))
"""


def test_writing_needs_a_part_of_the_weights_at_a_time(tmp_path):
    """A transformer of 600 MB in float32 is written with less than half of that, most of it pages of the mapped checkpoint."""
    import torch

    from worker.export.tiny import Shape, make_transformer

    shape = Shape(heads=8, head=128, feed_forward=4096, layers=8, text_width=512, rope_length=64)
    make_transformer(shape, 16, 16).to(torch.float32).save_pretrained(tmp_path / "transformer", max_shard_size="100MB")
    (tmp_path / "out").mkdir()
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / "transformer"), str(tmp_path / "out")],
        capture_output=True, text=True, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    seen = json.loads(child.stdout)
    weights = sum(p.stat().st_size for p in (tmp_path / "transformer").glob("*.safetensors"))
    assert weights > 550e6
    assert seen["peak"] - seen["before"] < weights / 2
