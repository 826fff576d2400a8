"""Makes a package folder out of a checkpoint: one component after the other, each checked as soon as it is written."""

import gc
import math
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from . import check, needs
from .card import write_card
from .checkpoint import CheckpointError, Renamed, Weights, diffusers_name, open_weights
from .graph import BF16, F16, F32, Graph
from .image_encoder import QUANTIZED as IMAGE_QUANTIZED
from .image_encoder import ImageConfig, build_image_encoder, image_weight_name
from .layers import Layers, Rounded, Types
from .lora import Merged, read_lora
from .model_json import (
    TYPE_NAMES, frame_settings, picture_settings, scheduler_settings, size_settings, versions, write_model_json,
)  # fmt: skip
from .original import read_transformer_config
from .quantize import Quantization
from .source import Source, read_json
from .text_encoder import QUANTIZED as TEXT_QUANTIZED
from .text_encoder import TextConfig, build_text_encoder, text_weight_name
from .transformer import QUANTIZED, TransformerConfig, build_transformer
from .vae import VaeConfig, build_decoder, build_encoder
from .variants import VARIANTS, Variant, detect, sizes_of
from .writer import bytes_of, write_component

#: Tokens of a prompt: what the pipelines of Wan pad to, and what the models with CLIP were built around.
TEXT_LENGTH = 512


@dataclass
class Wishes:
    """What the operator asked for; None = as the checkpoint has it, or customary."""

    dtype: int | None = None
    vae_dtype: int | None = None
    quantization: Quantization | None = None
    loras: dict[str, list[tuple[Path, float]]] = field(default_factory=dict)
    transformers: dict[str, Source] = field(default_factory=dict)
    variant: str | None = None
    shift: float | None = None
    steps: int | None = None
    guidance: float | None = None
    guidance_low: float | None = None
    timesteps: list[float] | None = None
    licence: str | None = None


@dataclass
class _Work:
    """State of one export."""

    source: Source
    folder: Path
    wishes: Wishes
    components: dict[str, dict] = field(default_factory=dict)
    rows: list[check.Measured] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    largest_layer: int = 0
    largest_block: int = 0

    def write(self, name: str, graphs: dict[str, Layers], types: Types) -> None:
        """Writes a component and lists its graphs."""
        store = next(iter(graphs.values())).store
        total = sum(bytes_of(w) for w in store.weights.values())
        label = types.quantization.name if types.quantization else TYPE_NAMES[types.main]
        with tqdm(total=total, unit="B", unit_scale=True, desc=f"{name} ({label})") as bar:
            write_component(self.folder, name, dict[str, Graph](graphs), bar.update)
        for graph in graphs:
            self.components[graph] = {"file": f"{graph}.onnx", "dtype": label}
        self.weights[name] = total
        layer, block = needs.largest_parts(store)
        self.largest_layer, self.largest_block = max(self.largest_layer, layer), max(self.largest_block, block)

    def checked(self, rows: list[check.Measured]) -> None:
        """Prints and keeps errors; raises CheckFailed if one is too large."""
        print(check.table(rows), flush=True)
        self.rows += rows
        check.require(rows)
        gc.collect()


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
        _fill(_Work(source, part, wishes), target.name)
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(work: _Work, name: str) -> None:
    folder, wishes = work.source.folder, work.wishes
    index = read_json(folder / "model_index.json")
    experts = _experts(index)
    configs = {expert: _transformer_config(work, expert) for expert in experts}
    transformer, vae = TransformerConfig.read(configs["transformer"]), VaeConfig.read(read_json(folder / "vae" / "config.json"))
    per_token = bool(index.get("expand_timesteps"))
    origin = " ".join([work.source.name, *(s.name for s in wishes.transformers.values())])
    variant = VARIANTS[wishes.variant] if wishes.variant else detect(transformer, vae, len(experts), per_token, origin)
    scheduler = scheduler_settings(read_json(folder / "scheduler" / "scheduler_config.json"), wishes.shift)
    print(f"{work.source.name}: {variant.name}, {', '.join(experts)}; {transformer.layers} layers, {transformer.heads} heads of {transformer.head}", flush=True)

    tokenizer = _copy_tokenizer(work)
    text = _text_encoder(work)
    picture = _image_encoder(work, transformer) if transformer.image_dim is not None else None
    for expert in experts:
        _transformer(work, expert, configs[expert], per_token, picture)
    decoder_caches, encoder_caches, vae_types = _vae(work, vae, variant)
    _copy_licence(work)

    sizes = sizes_of(transformer, vae, origin)
    memory = {}
    main = _types(work, "transformer", _transformer_weights(work, "transformer")).main
    for label, width, height in reversed(sizes.native):
        clip = needs.Clip(width, height, variant.most_frames)
        memory[label] = needs.gpu_bytes([
            work.weights["text_encoder"],
            needs.transformer_bytes(transformer, vae, clip, max(work.weights[e] for e in experts), main),
            needs.vae_bytes(vae, decoder_caches, clip, work.weights["vae_decoder"], vae_types.main),
        ])  # fmt: skip
    sampling = {
        "steps": len(wishes.timesteps) if wishes.timesteps else wishes.steps or variant.steps,
        "guidance": wishes.guidance if wishes.guidance is not None else 1.0 if wishes.timesteps else variant.guidance,
    }
    low = wishes.guidance_low if wishes.guidance_low is not None else 1.0 if wishes.timesteps else variant.guidance_low
    if len(experts) == 2 and low is not None:
        sampling["guidanceLow"] = low
    if wishes.timesteps:
        sampling["timesteps"] = wishes.timesteps
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
        "sampling": {"standard": sampling},
        **({"boundary": index["boundary_ratio"]} if len(experts) == 2 else {}),
        "conditioning": variant.conditioning,
        "motion": variant.motion,
        "memory": memory,
        "licence": {"name": wishes.licence or work.source.licence or "unknown: see the source"},
        "source": {"name": work.source.name, "revision": work.source.revision, **({"url": work.source.url} if work.source.url else {})},
        "settings": {
            "channels": {"in": transformer.channels_in, "out": transformer.channels_out},
            "patch": list(transformer.patch),
            "expandTimesteps": per_token,
            "lastFrame": variant.last_frame,
            "text": {"dim": text.width, **tokenizer},
            "image": picture,
            "vae": {"cacheType": TYPE_NAMES[vae_types.main], "decoderCaches": decoder_caches, "encoderCaches": encoder_caches},
            "checked": _worst(work.rows),
            "exporter": versions(),
            "needs": {
                "diskBytes": sum(p.stat().st_size for p in work.folder.iterdir()),
                "exportMemoryBytes": needs.export_bytes(work.largest_layer, work.largest_block),
            },
            **({"merged": [p.name for ls in wishes.loras.values() for p, _ in ls]} if wishes.loras else {}),
            **({"transformers": {k: {"name": s.name, "revision": s.revision} for k, s in wishes.transformers.items()}} if wishes.transformers else {}),
        },
    }
    write_card(work.folder, model, work.rows)
    write_model_json(work.folder, model)


def _worst(rows: list[check.Measured]) -> dict:
    """Largest errors by component."""
    out: dict[str, dict] = {}
    for row in rows:
        if row.what.startswith("  "):
            continue
        kept = out.setdefault(row.component, {"maxAbs": 0.0, "relative": 0.0})
        kept["maxAbs"], kept["relative"] = max(kept["maxAbs"], row.max_abs), max(kept["relative"], row.relative)
    return out


def _experts(index: dict) -> list[str]:
    """The transformers the pipeline uses; diffusers looks at the second one only if there is a boundary."""
    if not (index.get("transformer") or [None])[0]:
        raise CheckpointError("model_index.json names no transformer")
    second = (index.get("transformer_2") or [None])[0] and index.get("boundary_ratio") is not None
    return ["transformer", "transformer_2"] if second else ["transformer"]


def _transformer_config(work: _Work, expert: str) -> dict:
    other = work.wishes.transformers.get(expert)
    return read_transformer_config(other.folder if other else work.source.folder / expert)


def _transformer_weights(work: _Work, expert: str) -> Weights:
    other = work.wishes.transformers.get(expert)
    weights: Weights = Renamed(open_weights(other.folder if other else work.source.folder / expert), diffusers_name)
    loras = [read_lora(path, weights.keys(), strength) for path, strength in work.wishes.loras.get(expert, [])]
    return Merged(weights, loras) if loras else weights


def _types(work: _Work, component: str, weights: Weights, quantized: str | None = None) -> Types:
    """The type asked for, or the checkpoint's own; the autoencoder has no bfloat16 build (its sums would blur)."""
    wanted = work.wishes.vae_dtype if component == "vae" else None
    main = wanted or work.wishes.dtype or _own_type(weights)
    if component == "vae" and main == BF16:
        main = F32
    return Types(main, work.wishes.quantization, quantized) if quantized and work.wishes.quantization else Types(main)


def _own_type(weights: Weights) -> int:
    """Of the largest tensor: norms are often kept in float32."""
    largest = max(weights.keys(), key=lambda key: math.prod(weights.shape(key)))
    return {"torch.float16": F16, "torch.bfloat16": BF16}.get(str(weights.rows(largest, 0, 1).dtype), F32)


def _transformer(work: _Work, expert: str, config: dict, per_token: bool, picture: dict | None) -> None:
    weights = _transformer_weights(work, expert)
    types = _types(work, expert, weights, QUANTIZED)
    graph = build_transformer(weights, TransformerConfig.read(config), types, per_token)
    work.write(expert, {expert: graph}, types)
    tokens = picture["tokens"] * picture["pictures"] if picture else 0
    path, stages = work.folder / f"{expert}.onnx", work.weights[expert] > check.STAGES_ABOVE
    rounded = Rounded(weights, graph.taken, types.main)
    work.checked(check.check_transformer(expert, path, stages, config, rounded, weights, types, per_token, tokens))


def _text_encoder(work: _Work) -> TextConfig:
    config = read_json(work.source.folder / "text_encoder" / "config.json")
    text, weights = TextConfig.read(config), Renamed(open_weights(work.source.folder / "text_encoder"), text_weight_name)
    types = _types(work, "text_encoder", weights, TEXT_QUANTIZED)
    graph = build_text_encoder(weights, text, types)
    work.write("text_encoder", {"text_encoder": graph}, types)
    rounded = Rounded(weights, graph.taken, types.main)
    stages = work.weights["text_encoder"] > check.STAGES_ABOVE
    work.checked(check.check_text_encoder(work.folder / "text_encoder.onnx", stages, config, rounded, weights, types))
    return text


def _image_encoder(work: _Work, transformer: TransformerConfig) -> dict:
    folder = work.source.folder
    config = read_json(folder / "image_encoder" / "config.json")
    image, weights = ImageConfig.read(config), Renamed(open_weights(folder / "image_encoder"), image_weight_name)
    if image.width != transformer.image_dim:
        raise CheckpointError(f"the image encoder gives {image.width} numbers a token, the transformer takes {transformer.image_dim}")
    pictures = 1 if transformer.image_positions is None else 2
    if pictures == 2 and transformer.image_positions != 2 * image.tokens:
        raise CheckpointError(f"{transformer.image_positions} picture positions are not twice the image encoder's {image.tokens} tokens")
    types = _types(work, "image_encoder", weights, IMAGE_QUANTIZED)
    graph = build_image_encoder(weights, image, types)
    work.write("image_encoder", {"image_encoder": graph}, types)
    rounded = Rounded(weights, graph.taken, types.main)
    work.checked(check.check_image_encoder(work.folder / "image_encoder.onnx", config, rounded, types))
    processor = next((folder / d / "preprocessor_config.json" for d in ("image_processor", "feature_extractor") if (folder / d).is_dir()), None)
    return picture_settings(read_json(processor) if processor else {}, image.size, image.tokens, image.width, pictures)


def _vae(work: _Work, vae: VaeConfig, variant: Variant) -> tuple[list, list, Types]:
    folder = work.source.folder / "vae"
    config, weights = read_json(folder / "config.json"), open_weights(folder)
    types = _types(work, "vae", weights)
    decoder = build_decoder(weights, vae, types)
    work.write("vae_decoder", {"vae_decoder": decoder.chunk, "vae_decoder_loop": decoder.loop}, types)
    work.checked(check.check_decoder(work.folder, config, Rounded(weights, decoder.chunk.taken, types.main), decoder.caches, types))
    if not variant.takes_pictures:
        return decoder.caches, [], types
    encoder = build_encoder(weights, vae, types)
    work.write("vae_encoder", {"vae_encoder": encoder.chunk, "vae_encoder_loop": encoder.loop}, types)
    work.checked(check.check_encoder(work.folder, config, Rounded(weights, encoder.chunk.taken, types.main), encoder.caches, types))
    return decoder.caches, encoder.caches, types


def _copy_tokenizer(work: _Work) -> dict:
    """tokenizer.json as it is (made from the slow tokenizer's files where there is none); ids of padding and end."""
    folder = work.source.folder / "tokenizer"
    file = folder / "tokenizer.json"
    if file.is_file():
        shutil.copyfile(file, work.folder / "tokenizer.json")
    else:
        from transformers import AutoTokenizer

        try:
            AutoTokenizer.from_pretrained(str(folder), use_fast=True).backend_tokenizer.save(str(work.folder / "tokenizer.json"))
        except Exception as error:
            raise CheckpointError(f"tokenizer/: neither a tokenizer.json nor one that can be made ({error})") from error
    config = read_json(work.source.folder / "text_encoder" / "config.json")
    return {"pad": config.get("pad_token_id", 0), "end": config.get("eos_token_id", 1)}


def _copy_licence(work: _Work) -> None:
    for path in sorted(work.source.folder.iterdir()):
        if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE")):
            shutil.copyfile(path, work.folder / path.name)
