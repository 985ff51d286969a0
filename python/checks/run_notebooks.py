"""Executes notebooks from beginning to end, in their folder, and stores nothing."""

import os
import sys
import time

import nbformat
from nbclient import NotebookClient

for path in sys.argv[1:]:
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": os.path.dirname(path) or "."}}).execute()
    print(f"{path}: {len(notebook.cells)} cells in {time.perf_counter() - start:.0f} s")
