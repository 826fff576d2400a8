"""The CLIP image encoder up to its last but one layer, as an ONNX graph (CLIPVisionModel of transformers)."""

from dataclasses import dataclass

from .checkpoint import CheckpointError, Weights
from .graph import F32, Store, Value
from .layers import Layers, Types

QUANTIZED = r"^encoder\.layers\.\d+\.(self_attn|mlp)\."


@dataclass(frozen=True)
class ImageConfig:
    """What config.json says."""

    width: int
    heads: int
    layers: int
    size: int
    patch: int
    channels: int
    eps: float
    activation: str

    @property
    def tokens(self) -> int:
        return (self.size // self.patch) ** 2 + 1

    @staticmethod
    def read(config: dict) -> "ImageConfig":
        """From transformers' config.json (of a CLIPVisionModel, or a CLIP model that has one)."""
        config = config.get("vision_config", config)
        activation = config.get("hidden_act", "quick_gelu")
        if activation not in ("gelu", "quick_gelu", "gelu_new", "gelu_pytorch_tanh"):
            raise CheckpointError(f"the image encoder's activation {activation} is not known")
        return ImageConfig(
            width=config["hidden_size"],
            heads=config["num_attention_heads"],
            layers=config["num_hidden_layers"],
            size=config.get("image_size", 224),
            patch=config.get("patch_size", 32),
            channels=config.get("num_channels", 3),
            eps=config.get("layer_norm_eps", 1e-5),
            activation=activation,
        )


def image_weight_name(key: str) -> str | None:
    """Without the model's prefix; what only the whole CLIP has is not needed."""
    if key.startswith(("text_model.", "text_projection", "visual_projection", "logit_scale")):
        return None
    return key.removeprefix("vision_model.")


class _ImageEncoder(Layers):
    def build(self, c: ImageConfig) -> None:
        pixels = self.input("pixel_values", F32, ["pictures", c.channels, c.size, c.size])
        with self.scope("embed"):
            count = self.size(pixels, 0)
            x = self._embed(pixels, count, c)
        for i in range(c.layers - 1):
            with self.scope(f"encoder.layers.{i}"):
                x = self._layer(x, f"encoder.layers.{i}", count, c)
        with self.scope("out"):
            self.output("hidden_states", self.reshape(x, count, c.tokens, c.width), ["pictures", c.tokens, c.width])

    def _embed(self, pixels: Value, count: Value, c: ImageConfig) -> Value:
        kernel = self.weight("embeddings.patch_embedding.weight", F32)
        y = self.op("Conv", pixels, kernel, kernel_shape=[c.patch, c.patch], strides=[c.patch, c.patch])
        patches = self.transpose(self.reshape(y, count, c.width, c.tokens - 1), 0, 2, 1)
        first = self.op("Expand", self.reshape(self.weight("embeddings.class_embedding", F32), 1, 1, c.width), self.sizes([count, 1, c.width]))
        x = self.add(self.concat(first, patches, axis=1), self.weight("embeddings.position_embedding.weight", F32))
        return self._norm(self.reshape(x, -1, c.width), "pre_layrnorm", c)

    def _norm(self, x: Value, at: str, c: ImageConfig) -> Value:
        return self.layer_norm(x, self.weight(f"{at}.weight", F32), self.weight(f"{at}.bias", F32), c.eps)

    def _layer(self, x: Value, at: str, count: Value, c: ImageConfig) -> Value:
        y = self._norm(x, f"{at}.layer_norm1", c)
        q, k, v = (self.reshape(self.linear(y, f"{at}.self_attn.{n}_proj"), count, c.tokens, c.width) for n in "qkv")
        mixed = self.reshape(self.attention(q, k, v, c.heads), -1, c.width)
        x = self.add(x, self.cast(self.linear(mixed, f"{at}.self_attn.out_proj"), F32))
        y = self.linear(self._norm(x, f"{at}.layer_norm2", c), f"{at}.mlp.fc1")
        return self.add(x, self.cast(self.linear(self._activated(y, c), f"{at}.mlp.fc2"), F32))

    def _activated(self, y: Value, c: ImageConfig) -> Value:
        if c.activation == "gelu":
            return self.op("Gelu", y)
        if c.activation == "quick_gelu":
            return self.mul(y, self.op("Sigmoid", self.mul(y, self.constant(1.702, y.type))))
        return self.gelu_tanh(y)


def build_image_encoder(weights: Weights, config: ImageConfig, types: Types) -> Layers:
    """The graph with the inputs and outputs of PACKAGE.md; the last layer and the final norm are not part of it."""
    graph = _ImageEncoder(weights, types, Store())
    graph.build(config)
    graph.finish(rf"^post_layernorm\.|^embeddings\.position_ids|^encoder\.layers\.{config.layers - 1}\.")
    return graph
