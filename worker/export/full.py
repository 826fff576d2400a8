"""Checkpoints in the real sizes with random weights: what memory, disk and speed are measured with where the real ones cannot be had.

    python -m worker.export.full wan2.1-t2v-1.3b FOLDER [--parts transformer,vae,...]

The shapes are those of the published config.json files; weights are bfloat16 (autoencoder and CLIP float32, as published), made and
written shard by shard.
"""

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

#: Bytes of a shard.
_SHARD = 1 << 30

_TRANSFORMER = {
    "attention_head_dim": 128,
    "text_dim": 4096,
    "freq_dim": 256,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "rope_max_seq_len": 1024,
}
_B1 = {**_TRANSFORMER, "num_attention_heads": 12, "ffn_dim": 8960, "num_layers": 30, "in_channels": 16, "out_channels": 16}
_B14 = {**_TRANSFORMER, "num_attention_heads": 40, "ffn_dim": 13824, "num_layers": 40, "in_channels": 16, "out_channels": 16}
_B5 = {**_TRANSFORMER, "num_attention_heads": 24, "ffn_dim": 14336, "num_layers": 30, "in_channels": 48, "out_channels": 48}
_CLIP = {"image_dim": 1280, "added_kv_proj_dim": 5120}

#: Transformer, number of experts, boundary, expand_timesteps, shift.
MODELS = {
    "wan2.1-t2v-1.3b": (_B1, None, False, 3.0),
    "wan2.1-t2v-14b": (_B14, None, False, 3.0),
    "wan2.1-i2v-14b-480p": ({**_B14, **_CLIP, "in_channels": 36}, None, False, 3.0),
    "wan2.1-flf2v-14b-720p": ({**_B14, **_CLIP, "in_channels": 36, "pos_embed_seq_len": 514}, None, False, 5.0),
    "wan2.2-t2v-a14b": (_B14, 0.875, False, 3.0),
    "wan2.2-i2v-a14b": ({**_B14, "in_channels": 36}, 0.9, False, 5.0),
    "wan2.2-ti2v-5b": (_B5, None, True, 5.0),
}
TEXT = {"d_model": 4096, "d_kv": 64, "num_heads": 64, "d_ff": 10240, "num_layers": 24, "vocab_size": 256384, "feed_forward_proj": "gated-gelu"}
IMAGE = {
    "hidden_size": 1280, "num_hidden_layers": 32, "num_attention_heads": 16, "image_size": 224, "patch_size": 14, "intermediate_size": 5120,
    "projection_dim": 1024, "hidden_act": "gelu",
}  # fmt: skip
VAE_22 = {
    "base_dim": 160, "decoder_base_dim": 256, "z_dim": 48, "in_channels": 12, "out_channels": 12, "is_residual": True, "patch_size": 2,
    "scale_factor_spatial": 16, "scale_factor_temporal": 4, "latents_mean": [0.0] * 48, "latents_std": [1.0] * 48,
}  # fmt: skip


def _fill(module: nn.Module, dtype: torch.dtype) -> dict[str, Callable[[], torch.Tensor]]:
    """How each weight is made: of a size that keeps what goes through, norms of one, biases of nothing."""
    makers: dict[str, Callable[[], torch.Tensor]] = {}
    for path, part in module.named_modules():
        for name, p in part.named_parameters(recurse=False):
            shape, ones = tuple(p.shape), name == "gamma" or ("Norm" in type(part).__name__ and name == "weight")
            fan = math.prod(shape[1:]) if len(shape) > 1 and not isinstance(part, nn.Embedding) else 25
            scale = 0.0 if name == "bias" else 1 / math.sqrt(fan)
            make = (lambda s=shape: torch.ones(s, dtype=dtype)) if ones else (lambda s=shape, k=scale: torch.randn(s).mul_(k).to(dtype))
            makers[f"{path}.{name}".removeprefix(".")] = make
    return makers


def _write(folder: Path, stem: str, module: nn.Module, dtype: torch.dtype) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shards: list[dict[str, torch.Tensor]] = []
    places: dict[str, str] = {}
    held, size = {}, 0

    def flush() -> None:
        nonlocal held, size
        if held:
            name = f"{stem}-{len(shards) + 1:05d}.safetensors"
            save_file(held, str(folder / name))
            places.update(dict.fromkeys(held, name))
            shards.append({})
            held, size = {}, 0

    for name, make in _fill(module, dtype).items():
        held[name] = make()
        size += held[name].numel() * held[name].element_size()
        if size > _SHARD:
            flush()
    flush()
    (folder / f"{stem}.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))


def write_checkpoint(name: str, folder: Path, parts: set[str]) -> None:
    """Writes the named parts (all of them without `parts`) of a model."""
    from accelerate import init_empty_weights
    from diffusers import (
        AutoencoderKLWan,
        UniPCMultistepScheduler,
        WanTransformer3DModel,
    )
    from transformers import (
        CLIPVisionConfig,
        CLIPVisionModel,
        UMT5Config,
        UMT5EncoderModel,
    )

    from .tiny import make_tokenizer

    config, boundary, per_token, shift = MODELS[name]
    experts = ["transformer", "transformer_2"] if boundary else ["transformer"]
    clip = config.get("image_dim") is not None
    with init_empty_weights():
        transformer = WanTransformer3DModel(**config)
        vae = AutoencoderKLWan(**(VAE_22 if per_token else {}))
        text = UMT5EncoderModel(UMT5Config(**TEXT, is_encoder_decoder=False))
        image = CLIPVisionModel(CLIPVisionConfig(**IMAGE)) if clip else None
    made = {e: (transformer, torch.bfloat16, "diffusion_pytorch_model") for e in experts}
    made |= {"vae": (vae, torch.float32, "diffusion_pytorch_model"), "text_encoder": (text, torch.bfloat16, "model")}
    if image is not None:
        made["image_encoder"] = (image, torch.float32, "model")
    for part, (module, dtype, stem) in made.items():
        module.config.save_pretrained(folder / part) if part.endswith("encoder") else module.save_config(folder / part)
        if not parts or part in parts:
            _write(folder / part, stem, module, dtype)
    make_tokenizer().save_pretrained(folder / "tokenizer")
    UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift).save_pretrained(folder / "scheduler")
    index = {
        "_class_name": "WanImageToVideoPipeline" if config["in_channels"] == 36 else "WanPipeline",
        "boundary_ratio": boundary,
        "expand_timesteps": per_token,
        "transformer": ["diffusers", "WanTransformer3DModel"],
        "transformer_2": ["diffusers", "WanTransformer3DModel"] if boundary else [None, None],
    }
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m worker.export.full", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", default="", help="only these have weights written (transformer, transformer_2, text_encoder, vae, image_encoder)")
    args = parser.parse_args()
    write_checkpoint(args.model, args.folder, {part for part in args.parts.split(",") if part})
    print(args.folder)


if __name__ == "__main__":
    main()
