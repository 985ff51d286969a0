"""Prints the coverage per crate, and the files below 90 %, from a report of `cargo llvm-cov --json`."""

import collections
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as report:
    files = json.load(report)["data"][0]["files"]
crates = collections.defaultdict(lambda: [0, 0])
low = []
for file in files:
    found = re.search(r"(xrd-\w+)[/\\]src[/\\].*", file["filename"])
    if not found:
        continue
    lines = file["summary"]["lines"]
    crates[found[1]][0] += lines["count"]
    crates[found[1]][1] += lines["covered"]
    if lines["count"] and lines["covered"] < 0.9 * lines["count"]:
        low.append((lines["covered"] / lines["count"], found[0]))
for crate, (count, covered) in sorted(crates.items()):
    print(f"{crate:14} {100 * covered / count:5.1f} % of {count} lines")
for share, name in sorted(low):
    print(f"  below 90 %: {name} {100 * share:.1f} %")
