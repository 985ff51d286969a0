"""Files of shards: patterns, labels, and a record with checksums, as those of ``xrd simulate``."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def whole_record(folder: Path, shard: int) -> dict[str, Any] | None:
    """Record of a shard whose files are undamaged, or None."""
    try:
        record = json.loads(path_of(folder, shard, "json").read_text())
        parts = [record["patterns"], record["labels"]]
        contents = [(folder / part["file"]).read_bytes() for part in parts]
    except (OSError, ValueError, KeyError):
        return None
    sums = [hashlib.sha256(content).hexdigest() for content in contents]
    return record if sums == [part["sha256"] for part in parts] else None


def write_or_compare(path: Path, parameters: dict[str, Any]) -> None:
    """Write the parameters of a set, or raise if other ones are there."""
    if not path.exists():
        write(path, text_of(parameters))
    there = json.loads(path.read_text())
    for key in parameters | there:
        if there.get(key) != parameters.get(key):
            raise ValueError(f"{path}: the set in this folder has {key} {there.get(key)!r}, "
                             f"not {parameters.get(key)!r} (use another folder)")


def path_of(folder: Path, shard: int, extension: str) -> Path:
    """Path of a file of a shard."""
    return folder / f"shard-{shard:05}.{extension}"


def text_of(record: dict[str, Any]) -> bytes:
    """JSON with indents."""
    return (json.dumps(record, indent=2) + "\n").encode()


def written(folder: Path, shard: int, extension: str, content: bytes) -> dict[str, Any]:
    """Write a file of a shard; return its name and checksum."""
    path = path_of(folder, shard, extension)
    write(path, content)
    return {"file": path.name, "sha256": hashlib.sha256(content).hexdigest()}


def write(path: Path, content: bytes) -> None:
    """Write beside, then rename."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    os.replace(beside, path)
