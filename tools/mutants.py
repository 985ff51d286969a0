"""Counts the caught and missed mutants of each file, and lists the missed ones, from reports of `cargo mutants`.

If a mutant occurs in several reports, the last one counts."""

import collections
import json
import sys

summaries = {}
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as report:
        outcomes = json.load(report)["outcomes"]
    for outcome in outcomes:
        if outcome["scenario"] != "Baseline":
            mutant = outcome["scenario"]["Mutant"]
            summaries[mutant["file"], mutant["name"]] = outcome["summary"]
files = collections.defaultdict(collections.Counter)
for (file, _), summary in summaries.items():
    files[file][summary] += 1
alive = [name for (_, name), summary in summaries.items() if summary == "MissedMutant"]
kinds = {"CaughtMutant": "caught", "MissedMutant": "missed", "Timeout": "out of time", "Unviable": "unviable"}
total = sum(files.values(), collections.Counter())
for name, counts in [*sorted(files.items()), ("all", total)]:
    words = ", ".join(f"{counts[kind]} {word}" for kind, word in kinds.items() if counts[kind])
    print(f"{name:34} {counts.total():4d}: {words}")
for name in alive:
    print(f"  missed: {name}")
