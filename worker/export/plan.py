"""What the published models need, computed from their shapes alone (no weights are made).

python -m worker.export.plan [--dtype fp16|bf16|fp32] [--quantize int8|int4]
"""

import argparse
from dataclasses import dataclass

import torch
from torch import nn

from . import full, needs
from .graph import BF16, F16, F32
from .image_encoder import QUANTIZED as IMAGE_QUANTIZED
from .image_encoder import ImageConfig, build_image_encoder, image_weight_name
from .layers import Layers, Types
from .quantize import INT4, INT8, Quantization
from .text_encoder import QUANTIZED as TEXT_QUANTIZED
from .text_encoder import TextConfig, build_text_encoder, text_weight_name
from .transformer import QUANTIZED, TransformerConfig, build_transformer
from .vae import VaeConfig, build_decoder, build_encoder
from .variants import choose, sizes_of
from .writer import bytes_of


class Shapes:
    """Weights of which only names and shapes are known."""

    def __init__(self, module: nn.Module, name=lambda key: key):
        self._shapes = {new: tuple(p.shape) for key, p in module.named_parameters() if (new := name(key)) is not None}

    def keys(self):
        return self._shapes.keys()

    def shape(self, key: str) -> tuple[int, ...]:
        return self._shapes[key]

    def rows(self, key: str, start: int, stop: int) -> torch.Tensor:
        raise RuntimeError(f"{key} has no values here")


@dataclass
class Plan:
    """Bytes by component, and what the largest ones need."""

    weights: dict[str, int]
    gpu: dict[str, int]
    caches: dict[str, int]
    export: int


def _bytes(graph: Layers) -> int:
    return sum(bytes_of(w) for w in graph.store.weights.values())


def plan(name: str, main: int, quantization: Quantization | None = None) -> Plan:
    """Builds every graph of a published model from its shapes."""
    from accelerate import init_empty_weights
    from diffusers import AutoencoderKLWan, WanTransformer3DModel
    from transformers import (
        CLIPVisionConfig,
        CLIPVisionModel,
        UMT5Config,
        UMT5EncoderModel,
    )

    config, boundary, per_token, _ = full.MODELS[name]
    with init_empty_weights():
        transformer = WanTransformer3DModel(**config)
        vae = AutoencoderKLWan(**(full.VAE_22 if per_token else {}))
        text = UMT5EncoderModel(UMT5Config(**full.TEXT, is_encoder_decoder=False))
        image = CLIPVisionModel(CLIPVisionConfig(**full.IMAGE)) if config.get("image_dim") else None
    c, v = TransformerConfig.read(dict(transformer.config)), VaeConfig.read(dict(vae.config))
    types = lambda pattern: Types(main, quantization, pattern) if quantization else Types(main)
    vae_types = Types(F32 if main == BF16 else main)
    graphs = {
        "text_encoder": build_text_encoder(Shapes(text, text_weight_name), TextConfig.read(text.config.to_dict()), types(TEXT_QUANTIZED)),
        "transformer": build_transformer(Shapes(transformer), c, types(QUANTIZED), per_token),
    }
    if image is not None:
        graphs["image_encoder"] = build_image_encoder(
            Shapes(image, image_weight_name), ImageConfig.read(image.config.to_dict()), types(IMAGE_QUANTIZED)
        )
    decoder = build_decoder(Shapes(vae), v, vae_types)
    graphs["vae_decoder"] = decoder.chunk
    variant = choose(c, v, 2 if boundary else 1, per_token, name)
    if variant.takes_pictures:
        graphs["vae_encoder"] = build_encoder(Shapes(vae), v, vae_types).chunk
    weights = {key: _bytes(graph) for key, graph in graphs.items()}
    if boundary:
        weights["transformer_2"] = weights["transformer"]
    gpu, caches = {}, {}
    for label, width, height in reversed(sizes_of(c, v, name).native):
        clip = needs.Clip(width, height, variant.most_frames)
        stages = [
            weights["text_encoder"],
            needs.transformer_bytes(c, v, clip, weights["transformer"], main),
            needs.vae_bytes(v, decoder.caches, clip, weights["vae_decoder"], vae_types.main),
        ]
        gpu[label] = needs.gpu_bytes(stages)
        caches[label] = needs.cache_bytes(v, decoder.caches, clip, vae_types.main)
    sizes = [needs.largest_parts(graph.store) for graph in graphs.values()]
    return Plan(weights, gpu, caches, needs.export_bytes(max(s[0] for s in sizes), max(s[1] for s in sizes)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m worker.export.plan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dtype", choices=["fp16", "bf16", "fp32"], default="fp16")
    parser.add_argument("--quantize", choices=["int8", "int4"])
    args = parser.parse_args()
    types, bits = {"fp16": F16, "bf16": BF16, "fp32": F32}, {"int8": INT8, "int4": INT4}
    gib = lambda count: f"{count / 2**30:.1f}"
    print("| model | package, GiB | text encoder | transformer | VAE | GPU memory, GiB | VAE caches, GiB | memory of the export, GiB |")
    print("|---|---|---|---|---|---|---|---|")
    for name in full.MODELS:
        p = plan(name, types[args.dtype], bits.get(args.quantize))
        experts = " + ".join(gib(p.weights[k]) for k in ("transformer", "transformer_2") if k in p.weights)
        autoencoder = sum(size for key, size in p.weights.items() if key.startswith("vae"))
        shown = [", ".join(f"{label} {gib(size)}" for label, size in table.items()) for table in (p.gpu, p.caches)]
        print(
            f"| {name} | {gib(sum(p.weights.values()))} | {gib(p.weights['text_encoder'])} | {experts} | {gib(autoencoder)} | {shown[0]} | {shown[1]} | {gib(p.export)} |"
        )


if __name__ == "__main__":
    main()
