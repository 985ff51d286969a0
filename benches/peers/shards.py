"""shards.py: runs the lines of Python in xrd-cli/README.md on a set made by xrd simulate, and compares what
they read with the manifest: numbers of patterns and points, checksums, labels. Needs NumPy and cargo.
"""
import csv, hashlib, os, re, subprocess, tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
STRUCTURE = '{{"id": "s{n}", "cell": [{a}, {a}, {a}, 90, 90, 90], "species": ["Cs", "Cl"], "frac": [[0, 0, 0], [0.5, 0.5, 0.5]]}}\n'

with open(os.path.join(ROOT, "xrd-cli", "README.md")) as readme:
    lines = re.search(r"```python\n(.*?)```", readme.read(), re.S).group(1)
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "structures.jsonl"), "w") as f:
        f.writelines(STRUCTURE.format(n=n, a=3.5 + 0.01 * n) for n in range(50))
    command = ["cargo", "run", "--quiet", "--release", "--bin", "xrd", "--", "simulate",
               os.path.join(folder, "structures.jsonl"), "--shard-patterns", "20", "--out", os.path.join(folder, "training")]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    os.chdir(folder)
    exec(lines)
    assert sum(map(len, patterns)) == json.load(open("training/manifest.json"))["patterns"] == 50
    for shard, about in zip(patterns, files):
        assert shard.shape == (about["patterns"]["rows"], 8500) and shard.dtype == numpy.float32
        assert isinstance(shard, numpy.memmap) and abs(shard.max(axis=1) - 1).max() < 1e-6
        for kind in ["patterns", "labels"]:
            with open("training/" + about[kind]["file"], "rb") as f:
                assert hashlib.sha256(f.read()).hexdigest() == about[kind]["sha256"]
        rows = list(csv.DictReader(open("training/" + about["labels"]["file"])))
        assert len(rows) == len(shard) and all(r["space_group"] == "221" and r["crystal_system"] == "cubic" for r in rows)
    print(f"{lines}# {len(patterns)} shards, {sum(map(len, patterns))} patterns of {patterns[0].shape[1]} points, as the manifest says")
