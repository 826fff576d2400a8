"""Components of a package. All graphs are built first, so that a checkpoint that does not fit is refused before gigabytes are written;
then one after the other is written and checked."""

import gc
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from . import check, needs
from .checkpoint import CheckpointError, Renamed, Weights, diffusers_name, open_weights
from .graph import BF16, F32, Graph
from .image_encoder import QUANTIZED as IMAGE_QUANTIZED
from .image_encoder import ImageConfig, build_image_encoder, image_weight_name
from .layers import TYPE_NAMES, Layers, Rounded, Types
from .lora import Merged, read_lora
from .model_json import picture_settings
from .original import read_transformer_config
from .quantize import Quantization
from .source import Source, read_json
from .text_encoder import QUANTIZED as TEXT_QUANTIZED
from .text_encoder import TextConfig, build_text_encoder, text_weight_name
from .transformer import QUANTIZED, TransformerConfig, build_transformer
from .vae import Coder, VaeConfig, build_decoder, build_encoder
from .writer import bytes_of, write_component

Caches = list[tuple[int, int, int]]


@dataclass
class Wishes:
    """What the operator asked for; None = as the checkpoint has it, or customary."""

    #: None = float32, which gives the reference's digits for a checkpoint in any type.
    dtype: int | None = None
    vae_dtype: int | None = None
    quantization: Quantization | None = None
    #: Adapter files with their strengths, by expert.
    loras: dict[str, list[tuple[Path, float]]] = field(default_factory=dict)
    #: Other transformers than the checkpoint's, by expert.
    transformers: dict[str, Source] = field(default_factory=dict)
    variant: str | None = None
    shift: float | None = None
    steps: int | None = None
    guidance: float | None = None
    guidance_low: float | None = None
    timesteps: list[float] | None = None
    #: Noised anew after every one of `timesteps`.
    renoise: bool = False
    licence: str | None = None


@dataclass(frozen=True)
class Component:
    """Graphs on one set of weights, ready to be written; `check` (folder, stage by stage) measures them once they are."""

    name: str
    graphs: Mapping[str, Layers]
    types: Types
    check: Callable[[Path, bool], list[check.Measured]]

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return sum(bytes_of(w) for w in next(iter(self.graphs.values())).store.weights.values())


@dataclass
class Work:
    """An export in the making: where from, where to, and what was done so far."""

    source: Source
    folder: Path
    wishes: Wishes
    components: dict[str, dict] = field(default_factory=dict)
    rows: list[check.Measured] = field(default_factory=list)
    #: Bytes and types by component.
    weights: dict[str, int] = field(default_factory=dict)
    types: dict[str, Types] = field(default_factory=dict)
    largest_layer: int = 0
    largest_block: int = 0

    def make(self, part: Component) -> None:
        """Writes a component, then checks what was written. Raises CheckFailed if it is off."""
        name, self.types[part.name] = part.name, part.types
        self.weights[name] = part.size
        label = part.types.quantization.name if part.types.quantization else TYPE_NAMES[part.types.main]
        with tqdm(total=self.weights[name], unit="B", unit_scale=True, desc=f"{name} ({label})") as bar:
            write_component(self.folder, name, dict[str, Graph](part.graphs), bar.update)
        for graph in part.graphs:
            self.components[graph] = {"file": f"{graph}.onnx", "dtype": label}
        layer, block = needs.largest_parts(next(iter(part.graphs.values())).store)
        self.largest_layer, self.largest_block = max(self.largest_layer, layer), max(self.largest_block, block)
        rows = part.check(self.folder, self.weights[name] > check.STAGES_ABOVE)
        print(check.table(rows), flush=True)
        self.rows += rows
        check.require(rows)
        gc.collect()


def _types(work: Work, component: str, quantized: str | None = None) -> Types:
    """The type asked for; the autoencoder has no bfloat16 build (its sums would blur)."""
    wanted = work.wishes.vae_dtype if component == "vae" else None
    main = wanted or work.wishes.dtype or F32
    if component == "vae" and main == BF16:
        main = F32
    return Types(main, work.wishes.quantization, quantized) if quantized and work.wishes.quantization else Types(main)


def transformer_config(work: Work, expert: str) -> dict:
    """config.json of an expert, in diffusers' words."""
    return read_transformer_config(_transformer_folder(work, expert))


def _transformer_folder(work: Work, expert: str) -> Path:
    other = work.wishes.transformers.get(expert)
    return other.folder if other else work.source.folder / expert


def transformer_component(work: Work, expert: str, config: dict, per_token: bool, picture: dict | None) -> Component:
    """One expert, with its adapters merged in."""
    weights: Weights = Renamed(open_weights(_transformer_folder(work, expert)), diffusers_name)
    if adapters := work.wishes.loras.get(expert):
        weights = Merged(weights, [read_lora(path, weights.keys(), strength) for path, strength in adapters])
    types = _types(work, expert, QUANTIZED)
    graph = build_transformer(weights, TransformerConfig.read(config), types, per_token)
    tokens = picture["tokens"] * picture["pictures"] if picture else 0
    rounded = Rounded(weights, graph.taken, types.main)

    def measure(folder: Path, stages: bool) -> list[check.Measured]:
        return check.check_transformer(expert, folder / f"{expert}.onnx", stages, config, rounded, weights, types, per_token, tokens)

    return Component(expert, {expert: graph}, types, measure)


def text_component(work: Work) -> tuple[Component, TextConfig]:
    """UMT5."""
    folder = work.source.folder / "text_encoder"
    config = read_json(folder / "config.json")
    text, weights = TextConfig.read(config), Renamed(open_weights(folder), text_weight_name)
    types = _types(work, "text_encoder", TEXT_QUANTIZED)
    graph = build_text_encoder(weights, text, types)
    rounded = Rounded(weights, graph.taken, types.main)

    def measure(folder: Path, stages: bool) -> list[check.Measured]:
        return check.check_text_encoder(folder / "text_encoder.onnx", stages, config, rounded, weights, types)

    return Component("text_encoder", {"text_encoder": graph}, types, measure), text


def image_component(work: Work, transformer: TransformerConfig) -> tuple[Component, dict]:
    """CLIP, and `settings.image`."""
    folder = work.source.folder
    config = read_json(folder / "image_encoder" / "config.json")
    image, weights = ImageConfig.read(config), Renamed(open_weights(folder / "image_encoder"), image_weight_name)
    if image.width != transformer.image_dim:
        raise CheckpointError(f"the image encoder gives {image.width} numbers a token, the transformer takes {transformer.image_dim}")
    pictures = 1 if transformer.image_positions is None else 2
    if pictures == 2 and transformer.image_positions != 2 * image.tokens:
        raise CheckpointError(f"{transformer.image_positions} picture positions are not twice the image encoder's {image.tokens} tokens")
    types = _types(work, "image_encoder", IMAGE_QUANTIZED)
    graph = build_image_encoder(weights, image, types)
    rounded = Rounded(weights, graph.taken, types.main)

    def measure(folder: Path, _stages: bool) -> list[check.Measured]:
        return check.check_image_encoder(folder / "image_encoder.onnx", config, rounded, weights, types)

    processor = next((folder / d / "preprocessor_config.json" for d in ("image_processor", "feature_extractor") if (folder / d).is_dir()), None)
    settings = picture_settings(read_json(processor) if processor else {}, image.size, image.tokens, image.width, pictures)
    return Component("image_encoder", {"image_encoder": graph}, types, measure), settings


def vae_components(work: Work, vae: VaeConfig, takes_pictures: bool) -> tuple[list[Component], Caches, Caches]:
    """Decoder, and encoder where pictures are taken; and the shapes of their caches."""
    folder = work.source.folder / "vae"
    config, weights = read_json(folder / "config.json"), open_weights(folder)
    types = _types(work, "vae")

    def component(name: str, coder: Coder, measure) -> Component:
        rounded = Rounded(weights, coder.chunk.taken, types.main)
        graphs = {name: coder.chunk, f"{name}_loop": coder.loop}
        return Component(name, graphs, types, lambda folder, _: measure(folder, config, rounded, coder.caches, types))

    decoder = build_decoder(weights, vae, types)
    made = [component("vae_decoder", decoder, check.check_decoder)]
    if not takes_pictures:
        return made, decoder.caches, []
    encoder = build_encoder(weights, vae, types)
    return [*made, component("vae_encoder", encoder, check.check_encoder)], decoder.caches, encoder.caches


def copy_tokenizer(work: Work) -> dict:
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


def copy_licence(work: Work) -> None:
    """The checkpoint's licence files."""
    for path in sorted(work.source.folder.iterdir()):
        if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE")):
            shutil.copyfile(path, work.folder / path.name)
