"""Encoder and decoder of the video autoencoder as streaming ONNX graphs: chunk by chunk, or with a Loop inside."""

from dataclasses import dataclass

import numpy as np

from .checkpoint import CheckpointError, Weights
from .graph import BOOL, F32, I64, U8, Store, Value
from .layers import Types
from .vae_blocks import Clip, Stream, VaeBlocks


@dataclass(frozen=True)
class VaeConfig:
    """What config.json says."""

    channels: int
    width: int
    decoder_width: int
    multiples: tuple[int, ...]
    blocks: int
    attention_scales: tuple[float, ...]
    in_time: tuple[bool, ...]
    residual: bool
    patch: int
    spatial: int
    temporal: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @staticmethod
    def read(config: dict) -> "VaeConfig":
        """From diffusers' config.json; raises CheckpointError where the numbers contradict each other."""
        if config.get("_class_name", "AutoencoderKLWan") != "AutoencoderKLWan":
            raise CheckpointError(f"the autoencoder is a {config['_class_name']}, not an AutoencoderKLWan")
        for field in ("latents_mean", "latents_std", "z_dim"):
            if field not in config:
                raise CheckpointError(f"the autoencoder's config.json has no {field}")
        c = VaeConfig(
            channels=config["z_dim"],
            width=config.get("base_dim", 96),
            decoder_width=config.get("decoder_base_dim") or config.get("base_dim", 96),
            multiples=tuple(config.get("dim_mult", (1, 2, 4, 4))),
            blocks=config.get("num_res_blocks", 2),
            attention_scales=tuple(config.get("attn_scales") or ()),
            in_time=tuple(config.get("temperal_downsample", (False, True, True))),
            residual=config.get("is_residual", False),
            patch=config.get("patch_size") or 1,
            spatial=config.get("scale_factor_spatial") or 8,
            temporal=config.get("scale_factor_temporal") or 4,
            mean=tuple(config["latents_mean"]),
            std=tuple(config["latents_std"]),
        )
        if len(c.mean) != c.channels or len(c.std) != c.channels or len(c.in_time) < len(c.multiples) - 1:
            raise CheckpointError("the autoencoder's config.json contradicts itself (latents_mean, latents_std, z_dim, temperal_downsample)")
        if c.steps * c.patch != c.spatial or 2 ** sum(c.in_time[: len(c.multiples) - 1]) != c.temporal:
            raise CheckpointError(f"the autoencoder does not shrink by its scale factors ({c.spatial} in space, {c.temporal} in time)")
        if c.temporal != 4:
            raise CheckpointError(f"an autoencoder of {c.temporal} frames per latent is not supported (4 is)")
        return c

    @property
    def steps(self) -> int:
        """How many times smaller the latents are than the (patchified) pixels."""
        return 2 ** (len(self.multiples) - 1)


class _Decoder(VaeBlocks):
    def frames(self, latents: Value, c: VaeConfig, stream: Stream, count: "int | Value") -> tuple[Value, Value]:
        """Normalised latents -> pixels [1, 3, frames, H, W] in -1..1 and the same as bytes [frames, H, W, 3]."""
        shape = [1, c.channels, 1, 1, 1]
        std, mean = (self.constant(np.reshape(v, shape), F32) for v in (c.std, c.mean))
        z = self.cast(self.add(self.mul(latents, std), mean), self.t.main)
        clip = self.pointwise(Clip(z, c.channels, count, 1), "post_quant_conv")
        clip = self.middle(self.causal(clip, "decoder.conv_in", stream), "decoder.mid_block", stream)
        for i in range(len(c.multiples)):
            clip = self._up(clip, i, c, stream)
        clip = self.causal(self.activated(clip, "decoder.norm_out.gamma"), "decoder.conv_out", stream)
        return self._pixels(clip, c)

    def _up(self, clip: Clip, i: int, c: VaeConfig, stream: Stream) -> Clip:
        at, last = f"decoder.up_blocks.{i}", i == len(c.multiples) - 1
        in_time = not last and c.in_time[: len(c.multiples) - 1][::-1][i]
        before = clip
        for j in range(c.blocks + 1):
            clip = self.residual(clip, f"{at}.resnets.{j}", stream)
        if last:
            return clip
        clip = self.upsample(clip, f"{at}.upsampler" if c.residual else f"{at}.upsamplers.0", in_time, stream)
        if c.residual:
            short = self.unfolded(before, clip.channels, 2 if in_time else 1, 2, stream.first)
            clip = clip.having(self.add(clip.x, short))
        return clip

    def _pixels(self, clip: Clip, c: VaeConfig) -> tuple[Value, Value]:
        x = clip.x
        if c.patch > 1:
            rows, columns = self.grid(clip.scale)
            parts = self.reshape(x, 3, c.patch, c.patch, clip.frames, rows, columns)
            parts = self.transpose(parts, 0, 3, 4, 2, 5, 1)
            x = self.reshape(parts, 1, 3, clip.frames, *self.grid(clip.scale * c.patch))
        pixels = self.op("Clip", self.cast(x, F32), self.constant(-1.0, F32), self.constant(1.0, F32))
        unit = self.add(self.mul(pixels, self.constant(0.5, F32)), self.constant(0.5, F32))
        rgb = self.op("Round", self.mul(unit, self.constant(255.0, F32)))
        flat = self.reshape(self.transpose(rgb, 0, 2, 3, 4, 1), -1, *self.grid(c.spatial), 3)
        return pixels, self.cast(flat, U8)


class _Encoder(VaeBlocks):
    def latents(self, pixels: Value, c: VaeConfig, stream: Stream, count: int) -> Value:
        """Pixels [1, 3, count, H, W] in -1..1 -> the posterior's mode, normalised."""
        x, channels = self.cast(pixels, self.t.main), 3
        if c.patch > 1:
            rows, columns = self.grid(c.steps)
            parts = self.reshape(x, 3, count, rows, c.patch, columns, c.patch)
            x = self.reshape(self.transpose(parts, 0, 5, 3, 1, 2, 4), 1, 3 * c.patch**2, count, rows, columns)
            channels = 3 * c.patch**2
        clip = self.causal(Clip(x, channels, count, c.steps), "encoder.conv_in", stream)
        clip = self._down_residual(clip, c, stream) if c.residual else self._down(clip, c, stream)
        clip = self.middle(clip, "encoder.mid_block", stream)
        clip = self.causal(self.activated(clip, "encoder.norm_out.gamma"), "encoder.conv_out", stream)
        clip = self.pointwise(clip, "quant_conv")
        mode = self.cast(self.slice(clip.x, 1, 0, c.channels), F32)
        shape = [1, c.channels, 1, 1, 1]
        std, mean = (self.constant(np.reshape(v, shape), F32) for v in (c.std, c.mean))
        return self.op("Div", self.op("Sub", mode, mean), std)

    def _down(self, clip: Clip, c: VaeConfig, stream: Stream) -> Clip:
        """Wan 2.1: a flat list of residual blocks, attentions and downsamplers."""
        at, scale = 0, 1.0
        for i in range(len(c.multiples)):
            for _ in range(c.blocks):
                clip = self.residual(clip, f"encoder.down_blocks.{at}", stream)
                at += 1
                if scale in c.attention_scales:
                    clip = self.attend(clip, f"encoder.down_blocks.{at}")
                    at += 1
            if i < len(c.multiples) - 1:
                clip = self.downsample(clip, f"encoder.down_blocks.{at}", c.in_time[i], stream)
                at, scale = at + 1, scale / 2
        return clip

    def _down_residual(self, clip: Clip, c: VaeConfig, stream: Stream) -> Clip:
        """Wan 2.2: stages with a shortcut around them."""
        for i in range(len(c.multiples)):
            at, last, before = f"encoder.down_blocks.{i}", i == len(c.multiples) - 1, clip
            for j in range(c.blocks):
                clip = self.residual(clip, f"{at}.resnets.{j}", stream)
            if not last:
                clip = self.downsample(clip, f"{at}.downsampler", c.in_time[i], stream)
            time, space = (2 if not last and c.in_time[i] else 1), (1 if last else 2)
            clip = clip.having(self.add(clip.x, self.folded(before, clip.channels, time, space)))
        return clip


@dataclass
class Coder:
    """Encoder or decoder: the chunk graph, the loop graph on the same weights, and the caches' [channels, frames, scale]."""

    chunk: VaeBlocks
    loop: VaeBlocks
    caches: list[tuple[int, int, int]]


def _caches(graph: VaeBlocks, shapes: list[tuple[int, int, int]]) -> list[Value]:
    return [
        graph.input(f"cache_{i}", graph.t.main, [1, channels, frames, f"cache_{i}_height", f"cache_{i}_width"])
        for i, (channels, frames, _) in enumerate(shapes)
    ]


def _give_caches(graph: VaeBlocks, values: list[Value], shapes: list[tuple[int, int, int]]) -> None:
    for i, (value, (channels, frames, _)) in enumerate(zip(values, shapes, strict=True)):
        graph.output(f"new_cache_{i}", value, [1, channels, frames, f"new_cache_{i}_height", f"new_cache_{i}_width"])


def _results(branch: VaeBlocks, values: list[Value]) -> VaeBlocks:
    for value in values:
        branch.result(value)
    return branch


def build_decoder(weights: Weights, c: VaeConfig, types: Types) -> Coder:
    """`vae_decoder` and `vae_decoder_loop` of PACKAGE.md."""
    store = Store()
    chunk = _Decoder(weights, types, store)
    latents, first = _decoder_inputs(chunk, c)
    stream, then = Stream(None), chunk.branch("first")
    _results(then, [*then.frames(latents, c, stream, 1), *stream.made])
    caches = _caches(chunk, stream.shapes)
    following, otherwise = Stream(caches), chunk.branch("next")
    _results(otherwise, [*otherwise.frames(latents, c, following, otherwise.size(latents, 2)), *following.made])
    pixels, rgb, *made = chunk.either(first, then, otherwise)
    chunk.output("rgb", rgb, ["count", "pixel_height", "pixel_width", 3])
    chunk.output("pixels", pixels, [1, 3, "count", "pixel_height", "pixel_width"])
    _give_caches(chunk, made, stream.shapes)
    chunk.finish(r"^(encoder\.|quant_conv\.)")
    return Coder(chunk, _decoder_loop(weights, c, types, store, stream.shapes), stream.shapes)


def _decoder_inputs(graph: VaeBlocks, c: VaeConfig) -> tuple[Value, Value]:
    latents = graph.input("latents", F32, [1, c.channels, "frames", "height", "width"])
    first = graph.input("first", BOOL, [])
    graph.set_grid(graph.size(latents, 3), graph.size(latents, 4))
    return latents, first


def _decoder_loop(weights: Weights, c: VaeConfig, types: Types, store: Store, shapes) -> VaeBlocks:
    graph = _Decoder(weights, types, store)
    latents, first = _decoder_inputs(graph, c)
    caches = _caches(graph, shapes)
    height, width = graph.grid(c.spatial)

    then, stream = graph.branch("first"), Stream(None)
    _results(then, [*then.frames(then.slice(latents, 2, 0, 1), c, stream, 1), *stream.made])
    otherwise = graph.branch("otherwise")
    no_pixels = otherwise.op("Expand", otherwise.constant(0.0, F32), otherwise.sizes([1, 3, 0, height, width]))
    no_rgb = otherwise.op("Expand", otherwise.constant(0, U8), otherwise.sizes([0, height, width, 3]))
    _results(otherwise, [no_pixels, no_rgb, *caches])
    pixels, rgb, *caches = graph.either(first, then, otherwise)

    done = graph.reshape(graph.cast(first, I64), 1)
    left = graph.op("Sub", graph.size(latents, 2), done)
    body, turn, go, old = _body(graph, len(shapes))
    at = body.add(body.reshape(turn, 1), done)
    stream = Stream(old)
    more_pixels, more_rgb = body.frames(body.slice(latents, 2, at, body.add(at, body.constant([1]))), c, stream, 1)
    _results(body, [go, *stream.made, body.reshape(more_pixels, 3, c.temporal, height, width), more_rgb])
    *made, more_pixels, more_rgb = graph.loop(graph.reshape(left), caches, body)
    frames = graph.op("Mul", left, graph.constant([c.temporal]))
    more_rgb = graph.reshape(more_rgb, frames, height, width, 3)
    more_pixels = graph.transpose(graph.reshape(more_pixels, left, 3, c.temporal, height, width), 1, 0, 2, 3, 4)
    more_pixels = graph.reshape(more_pixels, 1, 3, frames, height, width)
    graph.output("rgb", graph.concat(rgb, more_rgb, axis=0), ["count", "pixel_height", "pixel_width", 3])
    graph.output("pixels", graph.concat(pixels, more_pixels, axis=2), [1, 3, "count", "pixel_height", "pixel_width"])
    _give_caches(graph, made, shapes)
    return graph


def _body(graph: VaeBlocks, caches: int) -> tuple[VaeBlocks, Value, Value, list[Value]]:
    """The empty body of a Loop over chunks: itself, number of the turn, "go on", caches as the turn before left them."""
    body = graph.branch("turn")
    turn, go = body.input("number", I64, []), body.input("go", BOOL, [])
    old = [body.input(f"old_cache_{i}", graph.t.main, None) for i in range(caches)]
    return body, turn, go, old


def build_encoder(weights: Weights, c: VaeConfig, types: Types) -> Coder:
    """`vae_encoder` and `vae_encoder_loop` of PACKAGE.md."""
    store = Store()
    chunk = _Encoder(weights, types, store)
    pixels, first = _encoder_inputs(chunk, c)
    stream, then = Stream(None), chunk.branch("first")
    _results(then, [then.latents(pixels, c, stream, 1), *stream.made])
    caches = _caches(chunk, stream.shapes)
    following, otherwise = Stream(caches), chunk.branch("next")
    _results(otherwise, [otherwise.latents(pixels, c, following, c.temporal), *following.made])
    latents, *made = chunk.either(first, then, otherwise)
    chunk.output("latents", latents, [1, c.channels, "frames", "height", "width"])
    _give_caches(chunk, made, stream.shapes)
    chunk.finish(r"^(decoder\.|post_quant_conv\.)")
    return Coder(chunk, _encoder_loop(weights, c, types, store, stream.shapes), stream.shapes)


def _encoder_inputs(graph: VaeBlocks, c: VaeConfig) -> tuple[Value, Value]:
    pixels = graph.input("pixels", F32, [1, 3, "count", "pixel_height", "pixel_width"])
    first = graph.input("first", BOOL, [])
    by = graph.constant([c.spatial])
    graph.set_grid(graph.op("Div", graph.size(pixels, 3), by), graph.op("Div", graph.size(pixels, 4), by))
    return pixels, first


def _encoder_loop(weights: Weights, c: VaeConfig, types: Types, store: Store, shapes) -> VaeBlocks:
    graph = _Encoder(weights, types, store)
    pixels, first = _encoder_inputs(graph, c)
    caches = _caches(graph, shapes)
    height, width = graph.grid(1)

    then, stream = graph.branch("first"), Stream(None)
    z = then.latents(then.slice(pixels, 2, 0, 1), c, stream, 1)
    _results(then, [z, *stream.made])
    otherwise = graph.branch("otherwise")
    none = otherwise.op("Expand", otherwise.constant(0.0, F32), otherwise.sizes([1, c.channels, 0, height, width]))
    _results(otherwise, [none, *caches])
    head, *caches = graph.either(first, then, otherwise)

    done = graph.reshape(graph.cast(first, I64), 1)
    four = graph.constant([c.temporal])
    left = graph.op("Div", graph.op("Sub", graph.size(pixels, 2), done), four)
    body, turn, go, old = _body(graph, len(shapes))
    at = body.add(body.mul(body.reshape(turn, 1), four), done)
    stream = Stream(old)
    z = body.latents(body.slice(pixels, 2, at, body.add(at, four)), c, stream, c.temporal)
    _results(body, [go, *stream.made, body.reshape(z, c.channels, height, width)])
    *made, rest = graph.loop(graph.reshape(left), caches, body)
    rest = graph.reshape(graph.transpose(graph.reshape(rest, left, c.channels, height, width), 1, 0, 2, 3), 1, c.channels, left, height, width)
    graph.output("latents", graph.concat(head, rest, axis=2), [1, c.channels, "frames", "height", "width"])
    _give_caches(graph, made, shapes)
    return graph
