"""Writes a component: weights row by row into one data file, then the graphs that point into it."""

from collections.abc import Callable
from pathlib import Path

from onnx import ModelProto, TensorProto, save_model

from .graph import Graph, Stored

#: Large tensors begin on a page, so that ONNX Runtime can map the file instead of reading it; small ones on a cache line.
_PAGE, _LINE, _LARGE = 4096, 64, 1 << 16
#: Rows are made and written in pieces of about this many bytes: what bounds the memory of an export.
_PIECE = 64 << 20
_SIZE = {TensorProto.FLOAT: 4, TensorProto.FLOAT16: 2, TensorProto.BFLOAT16: 2, TensorProto.UINT8: 1, TensorProto.INT8: 1}

Progress = Callable[[int], None]


def bytes_of(weight: Stored) -> int:
    size = _SIZE[weight.type]
    for dim in weight.shape:
        size *= dim
    return size


def write_component(folder: Path, name: str, graphs: dict[str, Graph], progress: Progress = lambda _: None) -> list[Path]:
    """Writes `name`.onnx.data and one .onnx for every graph (by name, all on the same store); returns the files."""
    store = next(iter(graphs.values())).store
    data = folder / f"{name}.onnx.data"
    places: dict[str, tuple[int, int]] = {}
    with data.open("wb") as file:
        for weight in store.weights.values():
            file.write(b"\0" * (-file.tell() % (_PAGE if bytes_of(weight) >= _LARGE else _LINE)))
            start = file.tell()
            for piece in _pieces(weight):
                file.write(piece)
                progress(len(piece))
            if file.tell() - start != bytes_of(weight):
                raise RuntimeError(f"{weight.name}: {file.tell() - start} bytes written, {bytes_of(weight)} expected")
            places[weight.name] = (start, file.tell() - start)
    files = [data]
    for file_name, graph in graphs.items():
        path = folder / f"{file_name}.onnx"
        save_model(with_weights(graph.model(f"{file_name} of a Wan model"), graph, places, data.name), str(path))
        files.append(path)
    return files


def with_weights(model: ModelProto, graph: Graph, places: dict[str, tuple[int, int]], file: str) -> ModelProto:
    """Lists the graph's weights as external data."""
    for name in graph.weights_used():
        weight, (offset, length) = graph.store.weights[name], places[name]
        tensor = model.graph.initializer.add()
        tensor.name, tensor.data_type, tensor.data_location = name, weight.type, TensorProto.EXTERNAL
        tensor.dims.extend(weight.shape)
        for key, value in (("location", file), ("offset", str(offset)), ("length", str(length))):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value
    return model


def _pieces(weight: Stored):
    rows = weight.shape[0] if weight.shape else 1
    step = max(1, _PIECE * rows // max(1, bytes_of(weight)))
    for start in range(0, rows, step):
        yield weight.rows(start, min(rows, start + step))
