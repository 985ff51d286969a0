"""ONNX models, written directly.

The format is that of protocol buffers: a message is a sequence of fields, each with a number, and a number, bytes or a
message as its value. The numbers of the fields are those of onnx.proto (Apache-2.0).
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

#: Version of the format, and of the set of operators.
_IR, _OPSET = 8, 13


def tensors(content: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """The description and the tensors of a model in the safetensors format.

    Parameters
    ----------
    content : bytes
        The content of the file.

    Returns
    -------
    description : dict
        The metadata entry ``xrd-ae``.
    tensors : dict of str to ndarray
        The tensors by their names.
    """
    (size,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + size])
    description = json.loads(header.pop("__metadata__")["xrd-ae"])
    kinds = {"F32": "<f4", "F64": "<f8", "U64": "<u8"}
    found = {}
    for name, of in header.items():
        start, end = of["data_offsets"]
        data = content[8 + size + start : 8 + size + end]
        found[name] = np.frombuffer(data, dtype=kinds[of["dtype"]]).reshape(of["shape"])
    return description, found


def write(content: bytes, part: str) -> bytes:
    """The ONNX model of a network.

    Parameters
    ----------
    content : bytes
        The content of its safetensors file.
    part : {"encoder", "decoder", "both"}
        What the model contains.

    Returns
    -------
    bytes
        The model.
    """
    description, all_ = tensors(content)
    widths = description["widths"]
    half = sum(name.startswith("encoder.") and name.endswith(".weight") for name in all_)
    latent = int(all_["decoder.0.weight"].shape[0])
    graph = _Graph()
    shifts = description["input_scaling"] != "none"
    if part != "decoder":
        last = "patterns"
        if shifts:
            last = graph.node("Sub", [last, graph.constant("mean", all_["scaling.mean"])])
        last = graph.node("Div", [last, graph.constant("deviation", all_["scaling.deviation"])])
        last = graph.layers(all_, "encoder", half, last, "Tanh")
        graph.rename(last, "points")
    if part != "encoder":
        last = graph.layers(all_, "decoder", half, "points", None)
        last = graph.node("Mul", [last, graph.constant("deviation", all_["scaling.deviation"])])
        if shifts:
            last = graph.node("Add", [last, graph.constant("mean", all_["scaling.mean"])])
        graph.rename(last, "reconstructions")
    points = int(widths[0])
    inputs = {"patterns": points} if part != "decoder" else {"points": latent}
    outputs = {}
    if part != "decoder":
        outputs["points"] = latent
    if part != "encoder":
        outputs["reconstructions"] = points
    return graph.model(inputs, outputs)


class _Graph:
    """Nodes and constants of a model."""

    def __init__(self) -> None:
        self.nodes: list[tuple[str, list[str], list[str]]] = []
        self.constants: dict[str, np.ndarray[Any, Any]] = {}

    def constant(self, name: str, values: np.ndarray[Any, Any]) -> str:
        self.constants[name] = values
        return name

    def node(self, operator: str, inputs: list[str]) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append((operator, inputs, [name]))
        return name

    def rename(self, old: str, new: str) -> None:
        """Names the output of the last node."""
        operator, inputs, _ = self.nodes[-1]
        assert self.nodes[-1][2] == [old]
        self.nodes[-1] = (operator, inputs, [new])

    def layers(self, all_: dict[str, Any], part: str, half: int, last: str, final: str | None) -> str:
        for i in range(half):
            weight = self.constant(f"{part}.{2 * i}.weight", all_[f"{part}.{2 * i}.weight"])
            bias = self.constant(f"{part}.{2 * i}.bias", all_[f"{part}.{2 * i}.bias"])
            last = self.node("Gemm", [last, weight, bias])
            operator = "Relu" if i + 1 < half else final
            if operator is not None:
                last = self.node(operator, [last])
        return last

    def model(self, inputs: dict[str, int], outputs: dict[str, int]) -> bytes:
        graph = b"".join(_message(1, _node(i, *node)) for i, node in enumerate(self.nodes))
        graph += _text(2, "xrd")
        graph += b"".join(_message(5, _tensor(name, values)) for name, values in self.constants.items())
        graph += b"".join(_message(11, _value(name, width)) for name, width in inputs.items())
        graph += b"".join(_message(12, _value(name, width)) for name, width in outputs.items())
        opset = _text(1, "") + _number(2, _OPSET)
        return _number(1, _IR) + _text(2, "xrd-toolbox") + _message(7, graph) + _message(8, opset)


def _node(number: int, operator: str, inputs: list[str], outputs: list[str]) -> bytes:
    names = b"".join(_text(1, name) for name in inputs) + b"".join(_text(2, name) for name in outputs)
    return names + _text(3, f"{operator}_{number}") + _text(4, operator)


def _tensor(name: str, values: np.ndarray[Any, Any]) -> bytes:
    array = np.ascontiguousarray(values, dtype="<f4")
    dims = b"".join(_number(1, size) for size in array.shape)
    return dims + _number(2, 1) + _text(8, name) + _bytes(9, array.tobytes())


def _value(name: str, width: int) -> bytes:
    """A matrix of float32 with any number of rows."""
    shape = _message(1, _text(2, "rows")) + _message(1, _number(1, width))
    return _text(1, name) + _message(2, _message(1, _number(1, 1) + _message(2, shape)))


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())


_message = _bytes
