"""The reference implementations (diffusers, transformers), unmodified, with weights that come when a layer runs and go when it is done."""

from collections.abc import Callable, Iterable

import torch
from accelerate import init_empty_weights
from torch import nn

from .checkpoint import Weights, whole
from .image_encoder import image_weight_name
from .text_encoder import text_weight_name

Name = Callable[[str], str | None]


class _Rows(nn.Module):
    """An embedding that reads only the rows it is asked for."""

    def __init__(self, weights: Weights, key: str):
        super().__init__()
        self._weights, self._key = weights, key

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        rows = {i: self._weights.rows(self._key, i, i + 1)[0].float() for i in set(ids.flatten().tolist())}
        return torch.stack([rows[i] for i in ids.flatten().tolist()]).view(*ids.shape, -1)


def _stream(model: nn.Module, weights: Weights, name: Name, together: Iterable[nn.Module] = (), dtype: torch.dtype = torch.float32) -> nn.Module:
    """Loads a module's own parameters before it runs and drops them after; those in `together` with all that is in them."""
    paths = {module: path for path, module in model.named_modules()}
    whole_modules = set(together)
    inside = {child for module in whole_modules for child in module.modules()}

    def parameters(module: nn.Module):
        for path, parameter in module.named_parameters(recurse=module in whole_modules):
            owner, _, leaf = path.rpartition(".")
            yield module.get_submodule(owner), leaf, f"{paths[module]}.{path}".removeprefix("."), parameter

    def load(module: nn.Module, *_) -> None:
        for owner, leaf, full, parameter in list(parameters(module)):
            key = name(full)
            value = whole(weights, key) if key else torch.zeros(parameter.shape)
            setattr(owner, leaf, nn.Parameter(value.to(dtype).reshape(parameter.shape), requires_grad=False))

    def drop(module: nn.Module, *_) -> None:
        for owner, leaf, _, parameter in list(parameters(module)):
            setattr(owner, leaf, nn.Parameter(parameter.to("meta"), requires_grad=False))

    for module in model.modules():
        own = module in whole_modules or (module not in inside and any(True for _ in module.parameters(recurse=False)))
        if own:
            module.register_forward_pre_hook(load)
            module.register_forward_hook(drop)
    return model.eval()


def transformer(config: dict, weights: Weights) -> nn.Module:
    """diffusers' WanTransformer3DModel, in float32."""
    from diffusers import WanTransformer3DModel

    with init_empty_weights():
        model = WanTransformer3DModel.from_config(config)
    return _stream(model, weights, lambda key: key)


def vae(config: dict, weights: Weights, dtype: torch.dtype = torch.float32) -> nn.Module:
    """diffusers' AutoencoderKLWan, in float32 or float64."""
    from diffusers import AutoencoderKLWan

    with init_empty_weights():
        model = AutoencoderKLWan.from_config(config)
    return _stream(model, weights, lambda key: key, dtype=dtype)


def text_encoder(config: dict, weights: Weights) -> nn.Module:
    """transformers' UMT5EncoderModel, in float32."""
    from transformers import UMT5Config, UMT5EncoderModel

    with init_empty_weights():
        model = UMT5EncoderModel(UMT5Config.from_dict(config))
    embedding = _Rows(weights, "shared.weight")
    model.shared = model.encoder.embed_tokens = embedding
    # A block asks its bias for the device before it runs it, so blocks are loaded whole.
    return _stream(model, weights, text_weight_name, model.encoder.block)


def image_encoder(config: dict, weights: Weights) -> nn.Module:
    """transformers' CLIPVisionModel, in float32; what the graph leaves out is zero and not looked at."""
    from transformers import CLIPVisionConfig, CLIPVisionModel

    with init_empty_weights():
        model = CLIPVisionModel(CLIPVisionConfig.from_dict(config.get("vision_config", config)))
    keys = set(weights.keys())

    def name(key: str) -> str | None:
        short = image_weight_name(key)
        return short if short in keys else None

    embeddings = next(m for m in model.modules() if type(m).__name__ == "CLIPVisionEmbeddings")
    return _stream(model, weights, name, [embeddings])
