"""Makes a package folder out of a checkpoint."""

import shutil
from pathlib import Path

from . import needs
from .card import size_of, write_card
from .check import Measured
from .checkpoint import CheckpointError
from .components import (
    Caches,
    Wishes,
    Work,
    copy_licence,
    copy_tokenizer,
    image_component,
    text_component,
    transformer_component,
    transformer_config,
    vae_components,
)
from .graph import BF16, F16
from .layers import TYPE_NAMES
from .model_json import (
    frame_settings,
    scheduler_settings,
    size_settings,
    versions,
    write_model_json,
)
from .source import Source, read_json
from .transformer import TransformerConfig
from .vae import VaeConfig
from .variants import Sizes, Variant, choose, sizes_of

#: Tokens of a prompt: what the pipelines of Wan pad to, and what the models with CLIP were built around.
TEXT_LENGTH = 512


def make_package(source: Source, target: Path, wishes: Wishes) -> None:
    """Writes the package beside its place and moves it there when it is whole and right.

    Raises CheckpointError for a checkpoint it cannot take, CheckFailed for a graph that is off; nothing is left behind then.
    """
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / "model.json").is_file())):
        raise CheckpointError(f"{target} exists and is no package; choose another place")
    # Hidden, so that a worker that looks for packages passes over it.
    part = target.parent / f".{target.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _fill(Work(source, part, wishes), target.name)
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(work: Work, name: str) -> None:
    folder, wishes = work.source.folder, work.wishes
    index = read_json(folder / "model_index.json")
    experts = _experts(index, wishes)
    configs = {expert: transformer_config(work, expert) for expert in experts}
    transformer, vae = TransformerConfig.read(configs["transformer"]), VaeConfig.read(read_json(folder / "vae" / "config.json"))
    per_token = bool(index.get("expand_timesteps"))
    origin = " ".join([work.source.name, *(s.name for s in wishes.transformers.values())])
    variant = choose(transformer, vae, len(experts), per_token, origin, wishes.variant)
    scheduler = scheduler_settings(read_json(folder / "scheduler" / "scheduler_config.json"), wishes.shift)
    print(
        f"{work.source.name}: {variant.name}, {', '.join(experts)}; {transformer.layers} layers, {transformer.heads} heads of {transformer.head}",
        flush=True,
    )

    tokenizer = copy_tokenizer(work)
    text_encoder, text = text_component(work)
    image_encoder, picture = image_component(work, transformer) if transformer.image_dim is not None else (None, None)
    coders, decoder_caches, encoder_caches = vae_components(work, vae, variant.takes_pictures)
    transformers = [transformer_component(work, expert, configs[expert], per_token, picture) for expert in experts]
    parts = [part for part in (text_encoder, image_encoder, *coders, *transformers) if part]
    _foretell(work, sum(part.size for part in parts))
    for part in parts:
        work.make(part)
    copy_licence(work)

    sizes = sizes_of(transformer, vae, origin)
    model = {
        "format": 1,
        "id": name,
        "family": "wan",
        "variant": variant.name,
        "tasks": list(variant.tasks),
        "tiers": ["standard"],
        "components": work.components,
        "sizes": size_settings(sizes),
        "frames": frame_settings(variant),
        "vae": {"channels": vae.channels, "spatial": vae.spatial, "temporal": vae.temporal, "mean": list(vae.mean), "std": list(vae.std)},
        "text": {"length": TEXT_LENGTH},
        "scheduler": scheduler,
        "sampling": {"standard": _sampling(variant, wishes, len(experts))},
        **({"boundary": index["boundary_ratio"]} if len(experts) == 2 else {}),
        "conditioning": variant.conditioning,
        "motion": variant.motion,
        "memory": _memory(work, transformer, vae, decoder_caches, sizes, variant),
        "licence": {"name": wishes.licence or work.source.licence or "unknown: see the source"},
        "source": {"name": work.source.name, "revision": work.source.revision, **({"url": work.source.url} if work.source.url else {})},
        "settings": {
            "channels": {"in": transformer.channels_in, "out": transformer.channels_out},
            "patch": list(transformer.patch),
            "expandTimesteps": per_token,
            "lastFrame": variant.last_frame,
            "overlap": variant.overlap,
            "text": {"dim": text.width, **tokenizer},
            "image": picture,
            "vae": {
                "cacheType": TYPE_NAMES[work.types["vae_decoder"].main],
                "decoderCaches": decoder_caches,
                "encoderCaches": encoder_caches,
            },
            "checked": _worst(work.rows),
            "exporter": versions(),
            "needs": {
                "diskBytes": sum(p.stat().st_size for p in work.folder.iterdir()),
                "exportMemoryBytes": needs.export_bytes(work.largest_layer, work.largest_block),
            },
            **({"merged": {k: [f"{p.name}:{strength:g}" for p, strength in v] for k, v in wishes.loras.items()}} if wishes.loras else {}),
            **(
                {"transformers": {k: {"name": s.name, "revision": s.revision} for k, s in wishes.transformers.items()}} if wishes.transformers else {}
            ),
        },
    }
    write_card(work.folder, model, work.rows)
    write_model_json(work.folder, model)


def _foretell(work: Work, size: int) -> None:
    """Says what will be on disk and what another type would mean. Raises CheckpointError where there is no room for it."""
    main, bits, free = work.wishes.dtype, work.wishes.quantization, shutil.disk_usage(work.folder).free
    smaller = "" if main in (F16, BF16) else f"; --dtype fp16 makes it {'smaller' if bits else 'about half'}, which is what a GPU wants"
    if size > free:
        raise CheckpointError(f"the package needs {size_of(size)} of disk at {work.folder.parent}, where {size_of(free)} are free{smaller}")
    if main is None:
        exact = f"large matrices in {bits.name}" if bits else "the reference's digits"
        print(f"float32, {size_of(size)}: {exact}, on any device{smaller}", flush=True)
    if main == BF16:
        print("bfloat16: runs with DEVICE=cuda alone (never tried on a GPU), not on a CPU; fp32 and fp16 run on both", flush=True)


def _experts(index: dict, wishes: Wishes) -> list[str]:
    """The transformers the pipeline uses; diffusers looks at the second one only if there is a boundary."""
    if not (index.get("transformer") or [None])[0]:
        raise CheckpointError("model_index.json names no transformer")
    if (index.get("transformer_2") or [None])[0] and index.get("boundary_ratio") is not None:
        return ["transformer", "transformer_2"]
    if "transformer_2" in wishes.transformers:
        raise CheckpointError("--transformer-2: this model has one transformer")
    return ["transformer"]


def _sampling(variant: Variant, wishes: Wishes, experts: int) -> dict:
    """`sampling.standard`: what was asked for, else what is customary; distilled models go without guidance."""
    distilled = wishes.timesteps is not None
    high = wishes.guidance if wishes.guidance is not None else 1.0 if distilled else variant.guidance
    low = wishes.guidance_low if wishes.guidance_low is not None else 1.0 if distilled else variant.guidance_low
    return {
        "steps": len(wishes.timesteps) if wishes.timesteps else wishes.steps or variant.steps,
        "guidance": high,
        **({"guidanceLow": high if low is None else low} if experts == 2 else {}),
        **({"timesteps": wishes.timesteps} if wishes.timesteps else {}),
        **({"renoise": True} if wishes.renoise else {}),
    }


def _memory(work: Work, transformer: TransformerConfig, vae: VaeConfig, caches: Caches, sizes: Sizes, variant: Variant) -> dict[str, int]:
    """Bytes of GPU memory by resolution (needs.py)."""
    out = {}
    largest = max(size for name, size in work.weights.items() if name.startswith("transformer"))
    for label, width, height in reversed(sizes.native):
        clip = needs.Clip(width, height, variant.most_frames)
        out[label] = needs.gpu_bytes(
            [
                work.weights["text_encoder"],
                needs.transformer_bytes(transformer, vae, clip, largest, work.types["transformer"].main),
                needs.vae_bytes(vae, caches, clip, work.weights["vae_decoder"], work.types["vae_decoder"].main),
            ]
        )
    return out


def _worst(rows: list[Measured]) -> dict:
    """Largest errors by component."""
    out: dict[str, dict] = {}
    for row in rows:
        if row.what.startswith("  "):
            continue
        kept = out.setdefault(row.component, {"maxAbs": 0.0, "relative": 0.0})
        kept["maxAbs"], kept["relative"] = max(kept["maxAbs"], row.max_abs), max(kept["relative"], row.relative)
    return out
