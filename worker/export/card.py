"""README.md of a package: what it is, where from, what it needs, how far it is from the reference."""

from pathlib import Path

from .check import Measured, table


def size_of(count: int) -> str:
    """Bytes in GiB or MiB, for people."""
    return f"{count / 2**30:.1f} GiB" if count >= 2**28 else f"{count / 2**20:.1f} MiB"


def write_card(folder: Path, model: dict, rows: list[Measured]) -> None:
    """Writes the card; figures that were computed and not measured are called so."""
    settings, source = model["settings"], model["source"]
    types = sorted({c["dtype"] for c in model["components"].values()})
    memory = "\n".join(f"| {label} | {size_of(count)} |" for label, count in model["memory"].items())
    text = f"""# {model["id"]}

Wan package, variant `{model["variant"]}`, made by `python -m worker.export.wan` from {source["name"]} (revision {source["revision"]}).

- Licence: {model["licence"]["name"]}{f", {source['url']}" if "url" in source else ""}
- Weights: {", ".join(types)}; on disk {size_of(settings["needs"]["diskBytes"])}
- Made with {", ".join(f"{name} {version}" for name, version in settings["exporter"].items())}

## Needs
Computed from the shapes, not measured: GPU memory for {model["frames"]["most"]} frames with one whole component on the GPU at a time.

| resolution | GPU memory (computed) |
|---|---|
{memory}

Main memory to make this package: {size_of(settings["needs"]["exportMemoryBytes"])} (computed).

## Errors at export
ONNX Runtime on the CPU beside diffusers and transformers in float32 with the same rounded weights, on random inputs.

```
{table(rows)}
```
"""
    (folder / "README.md").write_text(text)
