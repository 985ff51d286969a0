"""Lists the shards of a set that are missing or damaged. Needs nothing but Python.

    python3 missing.py training               numbers of the shards
    python3 missing.py training --parts 64    parts of an array of 64, as in 3,17 for sbatch --array
    python3 missing.py training --check       also compares the files with their checksums

Exit status: 0 if the set is complete, 1 if shards are missing, 2 if the folder is no set.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path


def is_complete(folder, shard, check):
    """Whether the record of a shard and its files are there, and with `check` undamaged."""
    try:
        record = json.loads((folder / f"shard-{shard:05}.json").read_text())
        parts = [record["patterns"], record["labels"]]
        return all(is_there(folder / part["file"], part["sha256"], check) for part in parts)
    except (OSError, ValueError, KeyError):
        return False


def is_there(path, expected, check):
    """Whether a file exists, and with `check` has its checksum."""
    if not check:
        return path.exists()
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest() == expected


def main():
    """Print the numbers of missing shards, or of the parts that make them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", type=int, help="number of parts of the array")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    try:
        shards = json.loads((options.folder / "parameters.json").read_text())["shards"]
    except (OSError, ValueError, KeyError):
        print(f"{options.folder}: no parameters.json of xrd simulate", file=sys.stderr)
        return 2
    missing = [s for s in range(shards) if not is_complete(options.folder, s, options.check)]
    print(f"{shards - len(missing)} of {shards} shards in {options.folder}", file=sys.stderr)
    if not missing and not (options.folder / "manifest.json").exists():
        print("manifest.json is missing; any part writes it", file=sys.stderr)
        missing = [0]
    parts = sorted({s % options.parts + 1 for s in missing}) if options.parts else missing
    if parts:
        print(",".join(map(str, parts)))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
