"""Tiny checkpoints of every variant with random weights, in diffusers' layout: what the tests and the fixtures are made from.

python -m worker.export.tiny FOLDER [--variant i2v] [--seed 1]
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn


@dataclass(frozen=True)
class Shape:
    """Sizes of a tiny checkpoint."""

    heads: int = 2
    head: int = 12
    feed_forward: int = 40
    layers: int = 2
    rope_length: int = 64
    frequencies: int = 64
    cross_norm: bool = True
    text_width: int = 20
    text_heads: int = 3
    text_head: int = 8
    text_layers: int = 2
    buckets: int = 32
    distance: int = 128
    vae_width: int = 4
    vae_multiples: tuple[int, ...] = (1, 2, 2, 2)
    vae_blocks: int = 1
    image_width: int = 16
    image_heads: int = 2
    image_layers: int = 3
    image_size: int = 32
    image_patch: int = 16
    activation: str = "gelu"


#: Pipeline class, picture channels, CLIP, two pictures, experts, per-token timesteps, boundary by variant.
VARIANTS = {
    "t2v": {},
    "t2v_a14b": {"boundary": 0.875},
    "i2v": {"pictures": True, "clip": True},
    "i2v_a14b": {"pictures": True, "boundary": 0.9},
    "flf": {"pictures": True, "clip": True, "two": True},
    "ti2v": {"per_token": True},
}


@torch.no_grad()
def enliven(module: nn.Module, generator: torch.Generator) -> None:
    """Weights that keep the size of what goes through, norms and biases that do something."""
    for part in module.modules():
        for name, p in part.named_parameters(recurse=False):
            noise = torch.randn(p.shape, generator=generator)
            if isinstance(part, (nn.Linear, nn.Conv2d, nn.Conv3d)) and name == "weight":
                p.copy_(noise / math.sqrt(p[0].numel()))
            elif name == "gamma" or ("Norm" in type(part).__name__ and name == "weight"):
                p.copy_(1 + 0.2 * noise)
            else:
                p.copy_((0.2 if p.ndim == 1 else 0.5) * noise)


def make_transformer(shape: Shape, channels_in: int, channels_out: int, clip: bool = False, two: bool = False) -> nn.Module:
    from diffusers import WanTransformer3DModel

    tokens = (shape.image_size // shape.image_patch) ** 2 + 1
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=shape.heads,
        attention_head_dim=shape.head,
        in_channels=channels_in,
        out_channels=channels_out,
        text_dim=shape.text_width,
        freq_dim=shape.frequencies,
        ffn_dim=shape.feed_forward,
        num_layers=shape.layers,
        cross_attn_norm=shape.cross_norm,
        qk_norm="rms_norm_across_heads",
        rope_max_seq_len=shape.rope_length,
        image_dim=shape.image_width if clip else None,
        added_kv_proj_dim=shape.heads * shape.head if clip else None,
        pos_embed_seq_len=2 * tokens if two else None,
    )


def make_vae(shape: Shape, residual: bool, generator: torch.Generator) -> nn.Module:
    from diffusers import AutoencoderKLWan

    z = 48 if residual else 16
    mean, std = torch.rand(z, generator=generator) * 2 - 1, torch.rand(z, generator=generator) * 2 + 0.6
    common = {
        "z_dim": z, "dim_mult": list(shape.vae_multiples), "num_res_blocks": shape.vae_blocks, "temperal_downsample": [False, True, True],
        "latents_mean": [round(v, 4) for v in mean.tolist()], "latents_std": [round(v, 4) for v in std.tolist()],
    }  # fmt: skip
    if not residual:
        return AutoencoderKLWan(base_dim=shape.vae_width, **common)
    return AutoencoderKLWan(
        base_dim=shape.vae_width, decoder_base_dim=shape.vae_width + 2, in_channels=12, out_channels=12, is_residual=True, patch_size=2,
        scale_factor_spatial=16, scale_factor_temporal=4, **common,
    )  # fmt: skip


_WORDS = (
    "a the and of in on with to cat dog street rain night light slow camera moves through forest sea red blue girl boy runs "
    "blurry low quality static watermark"
)
_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'\"()-/%" + "一只黑白猫追着蝴蝶雨夜的霓虹街道行人撑伞走过。,"


def make_tokenizer():
    """A unigram tokenizer of the kind UMT5 has: NFKC, Metaspace, `</s>` at the end."""
    from tokenizers import (
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )
    from transformers import PreTrainedTokenizerFast

    pieces: dict[str, float] = {"<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0, "▁": -3.0}
    for i, word in enumerate(_WORDS.split()):
        pieces.setdefault("▁" + word, -4.0 - 0.05 * i)
    for i, character in enumerate(dict.fromkeys(_CHARACTERS)):
        pieces.setdefault(character, -6.0 - 0.03 * i)
    inner = Tokenizer(models.Unigram(list(pieces.items()), unk_id=2, byte_fallback=False))
    inner.normalizer = normalizers.Sequence([normalizers.NFKC()])
    inner.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    inner.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    inner.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512)


def make_text_encoder(shape: Shape, vocabulary: int) -> nn.Module:
    from transformers import UMT5Config, UMT5EncoderModel

    config = UMT5Config(
        vocab_size=vocabulary, d_model=shape.text_width, d_kv=shape.text_head, d_ff=2 * shape.text_width, num_layers=shape.text_layers,
        num_heads=shape.text_heads, relative_attention_num_buckets=shape.buckets, relative_attention_max_distance=shape.distance,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False, use_cache=False, dropout_rate=0.0,
    )  # fmt: skip
    return UMT5EncoderModel(config)


def make_image_encoder(shape: Shape) -> nn.Module:
    from transformers import CLIPVisionConfig, CLIPVisionModel

    config = CLIPVisionConfig(
        hidden_size=shape.image_width, intermediate_size=2 * shape.image_width, projection_dim=shape.image_width,
        num_hidden_layers=shape.image_layers, num_attention_heads=shape.image_heads, image_size=shape.image_size,
        patch_size=shape.image_patch, hidden_act=shape.activation,
    )  # fmt: skip
    return CLIPVisionModel(config)


def make_pipeline(variant: str, seed: int = 0, shape: Shape | None = None):
    """A diffusers pipeline of a variant with random weights."""
    from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline, WanPipeline
    from transformers import CLIPImageProcessor

    shape, facts = shape or Shape(), VARIANTS[variant]
    generator = torch.Generator().manual_seed(seed)
    made: Callable[[nn.Module], nn.Module] = lambda module: (enliven(module, generator), module.eval())[1]
    clip, per_token = bool(facts.get("clip")), bool(facts.get("per_token"))
    vae = made(make_vae(shape, per_token, generator))
    z = vae.config.z_dim
    channels = 2 * z + 4 if facts.get("pictures") else z
    experts = [made(make_transformer(shape, channels, z, clip, bool(facts.get("two")))) for _ in range(2 if "boundary" in facts else 1)]
    tokenizer = make_tokenizer()
    parts = {
        "tokenizer": tokenizer,
        "text_encoder": made(make_text_encoder(shape, len(tokenizer))),
        "vae": vae,
        "scheduler": UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        "transformer": experts[0],
        "transformer_2": experts[1] if len(experts) == 2 else None,
        "boundary_ratio": facts.get("boundary"),
        "expand_timesteps": per_token,
    }
    if not facts.get("pictures"):
        return WanPipeline(**parts)
    size = {"shortest_edge": shape.image_size}
    processor = CLIPImageProcessor(size=size, crop_size={"height": shape.image_size, "width": shape.image_size})
    return WanImageToVideoPipeline(
        **parts, image_encoder=made(make_image_encoder(shape)) if clip else None, image_processor=processor if clip else None
    )


def make_checkpoint(folder: Path, variant: str, seed: int = 0, shape: Shape | None = None) -> Path:
    """Writes a checkpoint folder; returns it."""
    make_pipeline(variant, seed, shape).save_pretrained(folder)
    return folder


#: Other sizes, to show that nothing is written in for one of them.
ODD = replace(
    Shape(), heads=3, head=14, feed_forward=56, layers=3, cross_norm=False, text_width=12, text_heads=2, text_head=6, buckets=16, distance=20,
    vae_width=6, vae_multiples=(1, 1, 2, 2), vae_blocks=2, image_width=24, image_heads=3, image_layers=2, image_size=24, image_patch=8, activation="quick_gelu",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m worker.export.tiny", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--variant", choices=VARIANTS, help="default: all, each in a folder of its name")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for variant in [args.variant] if args.variant else VARIANTS:
        print(make_checkpoint(args.folder if args.variant else args.folder / variant, variant, args.seed))


if __name__ == "__main__":
    main()
