"""Which of the family a checkpoint is, and what is customary for it."""

import re
from dataclasses import dataclass

from .checkpoint import CheckpointError
from .transformer import TransformerConfig
from .vae import VaeConfig


@dataclass(frozen=True)
class Variant:
    """Facts of one way of using the graphs. Steps and guidance are those of the model cards and of the authors' configuration files."""

    name: str
    tasks: tuple[str, ...]
    conditioning: str
    last_frame: str
    steps: int
    guidance: float
    guidance_low: float | None = None
    motion: str = "none"
    fps: int = 16
    most_frames: int = 81
    takes_pictures: bool = True
    #: Frames of a clip that the next one is told when it is extended (1 + 4k).
    overlap: int = 1


_TEXT = ("text-to-video", "text-to-image")
VARIANTS = {
    v.name: v
    for v in (
        Variant("t2v", _TEXT, "none", "no", 50, 5.0, takes_pictures=False),
        Variant("t2v-a14b", _TEXT, "none", "no", 40, 4.0, 3.0, takes_pictures=False),
        Variant("i2v", ("image-to-video", "extend"), "first", "no", 40, 5.0),
        Variant("i2v-a14b", ("image-to-video", "first-last-frame", "extend"), "first-last", "optional", 40, 3.5, 3.5),
        Variant("flf", ("first-last-frame",), "first-last", "required", 50, 5.5),
        Variant("ti2v", (*_TEXT, "image-to-video", "extend"), "per-token", "no", 50, 5.0, fps=24, most_frames=121, overlap=5),
        Variant("inp", (*_TEXT, "image-to-video", "first-last-frame", "last-frame", "extend"), "known-frames", "optional", 50, 6.0, overlap=5),
        Variant("move", ("image-to-video", "extend", "camera", "brush"), "first", "no", 40, 5.0, motion="tracks"),
    )
}


def choose(c: TransformerConfig, vae: VaeConfig, experts: int, per_token: bool, source: str, wished: str | None = None) -> Variant:
    """The variant: by the shapes of the checkpoint; among fine-tunes of the same shape (Fun-InP, Wan-Move) by the name of the source.

    Raises CheckpointError for a shape the family does not have, and for a wish that the shape does not allow.
    """
    possible = _possible(c, vae.channels, experts, per_token)
    if wished is not None:
        if wished not in possible:
            raise CheckpointError(f"--variant {wished}: by its shapes this model is {' or '.join(possible)}")
        return VARIANTS[wished]
    if "inp" in possible and re.search(r"fun.*-inp\b|inpaint", source, re.IGNORECASE):
        return VARIANTS["inp"]
    if "move" in possible and re.search(r"wan-?move", source, re.IGNORECASE):
        return VARIANTS["move"]
    return VARIANTS[possible[0]]


def _possible(c: TransformerConfig, z: int, experts: int, per_token: bool) -> list[str]:
    """Variants of a shape, the plain one first."""
    if c.channels_out != z:
        raise CheckpointError(f"the transformer makes {c.channels_out} channels, the autoencoder's latents have {z}")
    if per_token:
        if c.channels_in != z or experts == 2:
            raise CheckpointError("expand_timesteps wants one transformer on bare latents")
        return ["ti2v"]
    if c.channels_in == z:
        return ["t2v-a14b" if experts == 2 else "t2v"]
    if c.channels_in != 2 * z + 4:
        raise CheckpointError(f"a transformer of {c.channels_in} input channels is not known ({z}: text, {2 * z + 4}: pictures)")
    if c.image_dim is None:
        return ["i2v-a14b", "inp"]
    return ["flf"] if c.image_positions is not None else ["i2v", "inp", "move"]


@dataclass(frozen=True)
class Sizes:
    """Sizes a model can make; `native` best first, by the shorter side that people call it by."""

    multiple: int
    most_side: int
    most_pixels: int
    native: tuple[tuple[str, int, int], ...]


def sizes_of(c: TransformerConfig, vae: VaeConfig, source: str) -> Sizes:
    """From the model's width (1.3B is a 480p model, the larger ones are not) and from what its name says."""
    multiple = vae.spatial * c.patch[1]
    small = (("480p", 832, 480), ("480p", 480, 832))
    large = (("720p", 1280, 704), ("720p", 704, 1280)) if vae.spatial == 16 else (("720p", 1280, 720), ("720p", 720, 1280))
    if vae.spatial == 16:
        native = large
    elif c.width <= 2048 or re.search(r"480p", source, re.IGNORECASE):
        native = small
    elif re.search(r"720p", source, re.IGNORECASE):
        native = large
    else:
        native = (*large, *small)
    most = max(w * h for _, w, h in native)
    longest = 2 * max(max(w, h) for _, w, h in native)
    return Sizes(multiple, min(c.rope_length * multiple, longest), most, native)
