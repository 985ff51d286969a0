"""Safetensors files: reading, and writing beside the destination."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Union

import torch
from safetensors import SafetensorError
from safetensors.torch import load

#: A file, as its path or its content.
Source = Union[str, "os.PathLike[str]", bytes, bytearray]


def content_of(source: Source) -> bytes:
    """Bytes of a path; bytes are returned as they are."""
    return bytes(source) if isinstance(source, (bytes, bytearray)) else Path(source).read_bytes()


def header_of(source: Source) -> tuple[dict[str, str], dict[str, torch.Tensor]]:
    """Metadata and tensors of a safetensors file, from its path or content.

    Raises
    ------
    ValueError
        If the content is no safetensors file.
    """
    content = content_of(source)
    try:
        tensors = load(content)
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"not a safetensors file ({error})") from None
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size]).get("__metadata__", {}), tensors


def write_beside(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file completely or not at all: a temporary file in its folder is renamed."""
    path = Path(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
