"""The Python side of `npm run bench:wan`: a mid-size random transformer (8 layers, 512 wide), and a process that times it.

    python -m worker.export.bench --make FOLDER          writes transformer.onnx, inputs (.npy), the reference's output and bench.json
    python -m worker.export.bench --serve FOLDER         answers JSON lines: {"run": "eager"} -> {"run": "eager", "seconds": 0.98}

Runs: `eager` and `compile` are diffusers in PyTorch, `ort` is our graph in ONNX Runtime for Python with the session options the worker
uses. A runtime is loaded by its first run (which also measures its distance to the reference and warms it up, and is not timed: an
untimed `{"run": "ort", "warm": true}` does only that). `{"run": "memory", "tokens": 8192}` answers by how many bytes a run of `ort` at
that many tokens raised the peak of this process; ask it of a fresh one. What cannot run answers {"run": ..., "error": ...}.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

#: 5 x 16 x 20 tokens.
LATENTS = (1, 16, 5, 32, 40)
TEXT = (1, 512, 512)
LAYERS, HEADS, HEAD, FEED_FORWARD = 8, 4, 128, 2048


def make(folder: Path) -> dict:
    """Writes the model and its inputs; returns bench.json."""
    import torch

    from .layers import Types
    from .tiny import Shape, enliven, make_transformer
    from .transformer import TransformerConfig, build_transformer
    from .writer import write_component

    folder.mkdir(parents=True, exist_ok=True)
    g = torch.Generator().manual_seed(0)
    shape = Shape(heads=HEADS, head=HEAD, feed_forward=FEED_FORWARD, layers=LAYERS, text_width=TEXT[2], rope_length=1024, frequencies=256)
    model = make_transformer(shape, LATENTS[1], LATENTS[1]).eval()
    enliven(model, g)
    model.save_pretrained(folder / "transformer")
    graph = build_transformer(_Loaded(model.state_dict()), TransformerConfig.read(dict(model.config)), Types())
    write_component(folder, "transformer", {"transformer": graph})
    x, text, t = torch.randn(LATENTS, generator=g), torch.randn(TEXT, generator=g), torch.tensor([500.0])
    with torch.no_grad():
        velocity = model(x, t, text, return_dict=False)[0]
    for name, value in (("hidden_states", x), ("timestep", t), ("encoder_hidden_states", text), ("velocity", velocity)):
        np.save(folder / f"{name}.npy", value.numpy())
    facts = {
        "layers": LAYERS, "width": HEADS * HEAD, "heads": HEADS, "tokens": LATENTS[2] * LATENTS[3] * LATENTS[4] // 4, "text": TEXT[1],
        "file": "transformer.onnx", "inputs": ["hidden_states", "timestep", "encoder_hidden_states"], "output": "velocity",
    }  # fmt: skip
    (folder / "bench.json").write_text(json.dumps(facts, indent=2) + "\n")
    return facts


class _Loaded:
    """Weights that are in memory already."""

    def __init__(self, tensors: dict):
        self._tensors = tensors

    def keys(self):
        return self._tensors.keys()

    def shape(self, key: str) -> tuple[int, ...]:
        return tuple(self._tensors[key].shape)

    def rows(self, key: str, start: int, stop: int):
        return self._tensors[key][start:stop]


Run = Callable[[], np.ndarray]


class Server:
    """Runtimes by name, loaded when they are first asked for."""

    def __init__(self, folder: Path, threads: int):
        self._folder, self._threads = folder, threads
        self._runs: dict[str, Run] = {}

    def answer(self, request: dict) -> dict:
        """One line in, one line out."""
        name = request.get("run")
        try:
            if name == "memory":
                return {"run": name, **self._memory(int(request.get("tokens", 8192)))}
            run, relative = self._loaded(str(name))
            if relative is not None and request.get("warm"):
                return {"run": name, "relative": relative}
            start = time.perf_counter()
            run()
            return {"run": name, "seconds": time.perf_counter() - start, **({} if relative is None else {"relative": relative})}
        except Exception as error:
            return {"run": name, "error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}

    def _loaded(self, name: str) -> tuple[Run, float | None]:
        if name in self._runs:
            return self._runs[name], None
        load = {"eager": self._eager, "compile": self._compile, "ort": self._ort}.get(name)
        if load is None:
            raise ValueError(f"no run {name} (eager, compile, ort, memory)")
        run = load()
        run()
        expected = np.load(self._folder / "velocity.npy")
        self._runs[name] = run
        return run, float(np.linalg.norm(run() - expected) / np.linalg.norm(expected))

    def _inputs(self) -> dict[str, np.ndarray]:
        return {name: np.load(self._folder / f"{name}.npy") for name in ("hidden_states", "timestep", "encoder_hidden_states")}

    def _eager(self, change=lambda model: model) -> Run:
        import torch
        from diffusers import WanTransformer3DModel

        torch.set_num_threads(self._threads)
        model = change(WanTransformer3DModel.from_pretrained(self._folder / "transformer").eval())
        given = {name: torch.from_numpy(value) for name, value in self._inputs().items()}

        def run() -> np.ndarray:
            with torch.no_grad():
                return model(**given, return_dict=False)[0].numpy()

        return run

    def _compile(self) -> Run:
        import torch

        return self._eager(torch.compile)

    def _session(self):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self._threads, 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(str(self._folder / "transformer.onnx"), options, providers=["CPUExecutionProvider"])

    def _ort(self) -> Run:
        session, given = self._session(), self._inputs()
        return lambda: session.run(["velocity"], given)[0]

    def _memory(self, tokens: int) -> dict:
        session, given = self._session(), self._inputs()
        rows = 64
        given["hidden_states"] = np.zeros((1, LATENTS[1], max(1, tokens // (rows * rows // 4)), rows, rows), np.float32)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        session.run(["velocity"], given)
        raised = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        return {"tokens": given["hidden_states"].shape[2] * rows * rows // 4, "bytes": raised}


def serve(folder: Path, threads: int) -> None:
    """Until standard input ends."""
    import importlib.metadata

    # What libraries print must not come between the answers.
    out, sys.stdout = sys.stdout, sys.stderr
    server = Server(folder, threads)
    versions = {name: importlib.metadata.version(name) for name in ("torch", "onnxruntime", "diffusers")}
    print(json.dumps({"ready": True, "threads": threads, "versions": versions}), file=out, flush=True)
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(server.answer(json.loads(line))), file=out, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m worker.export.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--make", type=Path, metavar="FOLDER")
    way.add_argument("--serve", type=Path, metavar="FOLDER")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    args = parser.parse_args()
    if args.make:
        print(json.dumps(make(args.make)))
    else:
        serve(args.serve, args.threads)


if __name__ == "__main__":
    main()
