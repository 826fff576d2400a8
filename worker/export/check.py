"""After an export: what the written graphs compute, beside what diffusers and transformers compute from the same weights."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from . import reference
from .checkpoint import Weights
from .graph import BF16, F16, F32
from .image_encoder import ImageConfig
from .layers import Types
from .staged import open_runner, open_session, run_session
from .text_encoder import TextConfig
from .transformer import TransformerConfig
from .vae import VaeConfig

#: Components with more weights than this are run stage by stage.
STAGES_ABOVE = 1 << 30
#: Largest relative error (L2) by the type a graph computes in. bfloat16 graphs are run as their float32 twin.
LIMITS = {F32: 2e-5, F16: 2e-2, BF16: 2e-5}
#: Where float32 itself is further than its limit from float64, a graph may be this many times as far as the reference is.
NEARLY = 8
#: Largest relative error that rounding weights to few bits may make, beyond which such a package is useless.
DRIFT_LIMIT = 0.5


class CheckFailed(Exception):
    """A graph that does not compute what it should; the message names it."""


@dataclass(frozen=True)
class Measured:
    """Errors of one output of one component for one set of inputs."""

    component: str
    what: str
    max_abs: float
    relative: float
    largest: float
    limit: float

    @property
    def good(self) -> bool:
        return math.isfinite(self.max_abs) and self.relative <= self.limit


def compare(component: str, what: str, ours: np.ndarray, theirs: np.ndarray, limit: float) -> Measured:
    """Errors of `ours`; shapes must agree."""
    if ours.shape != theirs.shape:
        raise CheckFailed(f"{component}, {what}: shape {ours.shape}, expected {theirs.shape}")
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    size = float(np.linalg.norm(b)) or 1.0
    largest = float(np.abs(b).max(initial=0))
    return Measured(component, what, float(np.abs(a - b).max(initial=0)), float(np.linalg.norm(a - b)) / size, largest, limit)


def fair(row: Measured, ours: np.ndarray, theirs: np.ndarray, exact: Callable[[], np.ndarray]) -> Measured:
    """The row, or, where a float32 graph is beyond its limit, both measured against float64: weights on which every rounding is blown up
    (a norm over a few channels that are all near zero) say nothing about the graph."""
    if row.good or row.limit != LIMITS[F32]:
        return row
    truth = exact()
    own = compare(row.component, row.what, theirs, truth, row.limit)
    return compare(row.component, f"{row.what}, to float64", ours, truth, max(row.limit, NEARLY * own.relative))


def table(rows: list[Measured]) -> str:
    """For people."""
    head = f"{'component':18} {'inputs':34} {'max abs':>9} {'relative':>9} {'largest':>9} {'limit':>8}"
    lines = [
        f"{r.component:18} {r.what:34} {r.max_abs:9.1e} {r.relative:9.1e} {r.largest:9.2f} {r.limit:8.0e}{'' if r.good else '   OFF'}" for r in rows
    ]
    return "\n".join([head, *lines])


def require(rows: list[Measured]) -> None:
    """Raises CheckFailed naming the components that are off."""
    if bad := sorted({r.component for r in rows if not r.good}):
        raise CheckFailed(f"off: {', '.join(bad)}; the package is not written")


class _Inputs:
    """Random inputs, the same for every export."""

    def __init__(self, seed: int = 20):
        self._g = torch.Generator().manual_seed(seed)

    def normal(self, *shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=self._g)

    def uniform(self, *shape: int) -> torch.Tensor:
        return torch.rand(*shape, generator=self._g) * 2 - 1

    def whole(self, low: int, high: int, *shape: int) -> torch.Tensor:
        return torch.randint(low, high, shape, generator=self._g)


def _references(what: str, rounded: Weights, exact: Weights, types: Types) -> Iterator[tuple[str, float, Weights]]:
    """What to compare with: the weights as the package has them, and for quantised ones those before."""
    yield what, LIMITS[types.main], rounded
    if types.quantization:
        yield f"  {types.quantization.name} beside unquantised", DRIFT_LIMIT, exact


@torch.no_grad()
def check_transformer(
    name: str, path: Path, stages: bool, config: dict, rounded: Weights, exact: Weights, types: Types, tokens: bool, picture_tokens: int
) -> list[Measured]:
    """Two sizes and two times; most of the text is padding, as it is in a pipeline."""
    c, rows, inputs, compute = TransformerConfig.read(config), [], _Inputs(), open_runner(path, stages)
    for f, h, w, t in ((1, 2, 3, 999.0), (3, 4, 2, 417.0)):
        f, h, w = f * c.patch[0], h * c.patch[1], w * c.patch[2]
        x, text = inputs.normal(1, c.channels_in, f, h, w), inputs.normal(1, 512, c.text_dim)
        text[:, 60:] = 0
        feeds = {"hidden_states": x.numpy(), "encoder_hidden_states": text.numpy()}
        pictures = None
        if c.image_dim is not None:
            seen = inputs.normal(1, picture_tokens, c.image_dim)
            feeds["encoder_hidden_states_image"] = seen.numpy()
            pictures = seen.view(2, -1, c.image_dim) if c.image_positions else seen
        steps = torch.tensor([t])
        feeds["timestep"] = steps.numpy()
        if tokens:
            index = inputs.whole(0, 2, f * h * w // math.prod(c.patch))
            both = torch.tensor([0.0, t])
            feeds.update(timestep=both.numpy(), timestep_index=index.numpy())
            steps = both[index][None]
        ours = compute(feeds)["velocity"]
        for what, limit, weights in _references(f"latents {f} x {h} x {w}, t {t:g}", rounded, exact, types):
            theirs = reference.transformer(config, weights)(x, steps, text, pictures, return_dict=False)[0]
            rows.append(compare(name, what, ours, theirs.numpy(), limit))
    return rows


@torch.no_grad()
def check_text_encoder(path: Path, stages: bool, config: dict, rounded: Weights, exact: Weights, types: Types) -> list[Measured]:
    """Prompts of 1, 9 and 150 tokens: near, far and beyond the reach of the position buckets."""
    c, rows, inputs, compute = TextConfig.read(config), [], _Inputs(), open_runner(path, stages)
    for count in (1, 9, 150):
        ids = inputs.whole(2, c.vocabulary, 1, count)
        ours = compute({"input_ids": ids.numpy()})["last_hidden_state"]
        for what, limit, weights in _references(f"{count} token{'s' if count > 1 else ''}", rounded, exact, types):
            theirs = reference.text_encoder(config, weights)(ids, torch.ones_like(ids)).last_hidden_state
            rows.append(compare("text_encoder", what, ours, theirs.numpy(), limit))
    return rows


@torch.no_grad()
def check_image_encoder(path: Path, config: dict, rounded: Weights, exact: Weights, types: Types) -> list[Measured]:
    """Two pictures at once."""
    c, rows, inputs = ImageConfig.read(config), [], _Inputs()
    pixels = inputs.normal(2, c.channels, c.size, c.size)
    ours = open_runner(path, False)({"pixel_values": pixels.numpy()})["hidden_states"]
    for what, limit, weights in _references("2 pictures", rounded, exact, types):
        theirs = reference.image_encoder(config, weights)(pixel_values=pixels, output_hidden_states=True).hidden_states[-2]
        rows.append(compare("image_encoder", what, ours, theirs.numpy(), limit))
    return rows


def in_chunks(
    session: onnxruntime.InferenceSession, key: str, chunks: list[np.ndarray], caches: list[tuple[int, int, int]], half: bool
) -> list[dict[str, np.ndarray]]:
    """Feeds a clip chunk by chunk, caches from call to call."""
    kept = {f"cache_{i}": np.zeros((1, c, t, 1, 1), np.float16 if half else np.float32) for i, (c, t, _) in enumerate(caches)}
    out = []
    for i, chunk in enumerate(chunks):
        result = run_session(session, {key: chunk, "first": np.array(i == 0), **kept})
        kept = {f"cache_{j}": result.pop(f"new_cache_{j}") for j in range(len(caches))}
        out.append(result)
    return out


@torch.no_grad()
def check_decoder(folder: Path, config: dict, rounded: Weights, caches: list[tuple[int, int, int]], types: Types) -> list[Measured]:
    """The chunk graph latent by latent and with several at once, the loop graph in two calls; bytes as well."""
    c, half = VaeConfig.read(config), types.main == F16
    z = _Inputs().normal(1, c.channels, 4, 3, 2)
    mean, std = (torch.tensor(v).view(1, -1, 1, 1, 1) for v in (c.mean, c.std))

    def reconstruct(dtype: torch.dtype) -> np.ndarray:
        return reference.vae(config, rounded, dtype).decode((z * std + mean).to(dtype), return_dict=False)[0].numpy()

    theirs = reconstruct(torch.float32)
    levels = np.round((theirs[0].transpose(1, 2, 3, 0) * 0.5 + 0.5) * 255)
    x, rows = z.numpy(), []
    sessions = {name: open_session(folder / f"{name}.onnx") for name in ("vae_decoder", "vae_decoder_loop")}
    for graph, cuts in (("vae_decoder", [1, 2, 3]), ("vae_decoder", [1]), ("vae_decoder_loop", [2]), ("vae_decoder_loop", [])):
        out = in_chunks(sessions[graph], "latents", np.split(x, cuts, 2), caches, half)
        what = f"4 latents in {len(cuts) + 1} call{'s' if cuts else ''}"
        made = np.concatenate([o["pixels"] for o in out], 2)
        rows.append(fair(compare(graph, what, made, theirs, LIMITS[types.main]), made, theirs, lambda: reconstruct(torch.float64)))
        rgb = np.concatenate([o["rgb"] for o in out]).astype(np.float32)
        rows.append(compare(graph, "  as bytes", rgb, levels, max(LIMITS[types.main], 1 / 128)))
    return rows


@torch.no_grad()
def check_encoder(folder: Path, config: dict, rounded: Weights, caches: list[tuple[int, int, int]], types: Types) -> list[Measured]:
    """The chunk graph and the loop graph on 13 frames."""
    c, half = VaeConfig.read(config), types.main == F16
    pixels = _Inputs().uniform(1, 3, 13, 3 * c.spatial, 2 * c.spatial)
    mean, std = (torch.tensor(v).view(1, -1, 1, 1, 1) for v in (c.mean, c.std))

    def encode(dtype: torch.dtype) -> np.ndarray:
        return ((reference.vae(config, rounded, dtype).encode(pixels.to(dtype)).latent_dist.mode() - mean) / std).numpy()

    theirs = encode(torch.float32)
    x, rows = pixels.numpy(), []
    sessions = {name: open_session(folder / f"{name}.onnx") for name in ("vae_encoder", "vae_encoder_loop")}
    for graph, cuts in (("vae_encoder", [1, 5, 9]), ("vae_encoder_loop", [5]), ("vae_encoder_loop", [])):
        out = in_chunks(sessions[graph], "pixels", np.split(x, cuts, 2), caches, half)
        what = f"13 frames in {len(cuts) + 1} call{'s' if cuts else ''}"
        made = np.concatenate([o["latents"] for o in out], 2)
        rows.append(fair(compare(graph, what, made, theirs, LIMITS[types.main]), made, theirs, lambda: encode(torch.float64)))
    return rows
