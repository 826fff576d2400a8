"""Transformers in the Wan authors' own layout (VideoX-Fun, Wan-Move, LightX2V use it too): config.json in diffusers' words."""

from pathlib import Path

from .checkpoint import CheckpointError
from .source import read_json


def read_transformer_config(path: Path) -> dict:
    """config.json of a transformer folder, or beside a transformer file; the authors' own is translated."""
    folder = path if path.is_dir() else path.parent
    config = read_json(folder / "config.json")
    if "dim" not in config or "num_attention_heads" in config:
        return config
    width, heads = config["dim"], config["num_heads"]
    pictures = config.get("model_type") in ("i2v", "flf2v")
    if config.get("model_type", "t2v") not in ("t2v", "i2v", "flf2v", "ti2v"):
        raise CheckpointError(f"model_type {config['model_type']} in {folder.name}/config.json is not known")
    return {
        "_class_name": "WanTransformer3DModel",
        "patch_size": config.get("patch_size", [1, 2, 2]),
        "num_attention_heads": heads,
        "attention_head_dim": width // heads,
        "in_channels": config["in_dim"],
        "out_channels": config["out_dim"],
        "text_dim": config.get("text_dim", 4096),
        "freq_dim": config["freq_dim"],
        "ffn_dim": config["ffn_dim"],
        "num_layers": config["num_layers"],
        "cross_attn_norm": config.get("cross_attn_norm", True),
        "qk_norm": "rms_norm_across_heads",
        "eps": config["eps"],
        "image_dim": 1280 if pictures else None,
        "added_kv_proj_dim": width if pictures else None,
        "pos_embed_seq_len": 514 if config.get("model_type") == "flf2v" else None,
    }
