"""What the tests made of each file's mutants, and which they let live, of reports of `cargo mutants`."""

import collections
import json
import sys

files = collections.defaultdict(collections.Counter)
alive = []
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as report:
        outcomes = json.load(report)["outcomes"]
    for outcome in outcomes:
        if outcome["scenario"] == "Baseline":
            continue
        mutant = outcome["scenario"]["Mutant"]
        files[mutant["file"]][outcome["summary"]] += 1
        if outcome["summary"] == "MissedMutant":
            alive.append(mutant["name"])
kinds = {"CaughtMutant": "caught", "MissedMutant": "missed", "Timeout": "out of time", "Unviable": "unviable"}
total = sum(files.values(), collections.Counter())
for name, counts in [*sorted(files.items()), ("all", total)]:
    words = ", ".join(f"{counts[kind]} {word}" for kind, word in kinds.items() if counts[kind])
    print(f"{name:34} {counts.total():4d}: {words}")
for name in alive:
    print(f"  missed: {name}")
