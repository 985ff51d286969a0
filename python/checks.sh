#!/usr/bin/env bash
# Checks of the package that need more than NumPy, scikit-learn and pytest. `checks.sh` runs all parts, `checks.sh stubs docs` only
# the named ones. Each part makes a virtual environment outside of the repository, in XRD_VENVS or the folder of temporary files.
set -euo pipefail
cd "$(dirname "$0")"
venvs="${XRD_VENVS:-${TMPDIR:-/tmp}/xrd-venvs}"
mkdir -p "$venvs"
step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

# The wheel, built once.
wheel() {
    [ -n "${built:-}" ] && return
    built="$venvs/wheels"
    rm -rf "$built"
    python3 -m venv "$venvs/build"
    "$venvs/build/bin/pip" install --quiet --upgrade pip
    "$venvs/build/bin/pip" wheel --quiet --no-deps --wheel-dir "$built" .
}

# venv NAME PACKAGE...: an environment with the wheel and these packages.
venv() {
    wheel
    local name="$1"; shift
    python3 -m venv "$venvs/$name"
    "$venvs/$name/bin/pip" install --quiet "$@"
    "$venvs/$name/bin/pip" install --quiet --force-reinstall --no-deps "$built"/*.whl
    bin="$venvs/$name/bin"
}

# Structures of the real pymatgen.
part_pymatgen() { venv pymatgen numpy pytest pymatgen; "$bin/pytest" checks/test_pymatgen.py; }

# Structures of the real ASE.
part_ase() { venv ase numpy pytest ase; "$bin/pytest" checks/test_ase.py; }

# ONNX models: their form, and agreement within 1e-5. Data frames too.
part_onnx() {
    venv onnx numpy pytest scikit-learn pandas onnx onnxruntime
    "$bin/pytest" checks/test_onnx.py tests/test_models.py tests/test_study.py
}

# Warnings of Rust's linter, which needs a build of its own.
part_lints() { cargo clippy --release --locked -- -D warnings; }

# Types: the stubs against the compiled module, and the package itself.
part_stubs() {
    venv stubs numpy mypy scikit-learn
    (cd "$venvs" && "$bin/stubtest" xrd._xrd)
    "$bin/mypy" xrd
    "$bin/python" checks/docstrings.py
}

# The three notebooks, executed from beginning to end.
part_notebooks() {
    venv notebooks numpy scikit-learn pandas matplotlib nbclient nbformat ipykernel
    "$bin/python" checks/run_notebooks.py notebooks/*.ipynb
}

# The site, with every warning an error.
part_docs() {
    venv docs numpy scikit-learn mkdocs-material "mkdocstrings[python]"
    "$bin/mkdocs" build --quiet --strict --site-dir "$venvs/site"
}

# xrd.torch, and training by examples/cluster/ddp.py with two processes. On Linux, PyTorch is several GB with its libraries for
# GPUs; PIP_INDEX_URL can name an index of builds without.
part_torch() {
    venv torch numpy pytest safetensors torch
    XRD_BUILD_PROGRAMS=1 "$bin/pytest" tests/test_torch.py tests/test_torch_data.py tests/test_torch_simulated.py tests/test_ddp.py
}

# xrd.ray on a local cluster, and the arrays of Slurm and PBS.
part_ray() {
    venv ray numpy pytest ray
    XRD_BUILD_PROGRAMS=1 "$bin/pytest" tests/test_ray.py tests/test_cluster.py
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(pymatgen ase onnx lints stubs notebooks docs torch ray)
for part in "${parts[@]}"; do
    declare -F "part_$part" > /dev/null || { echo "'$part' is not a part (expected pymatgen, ase, onnx, lints, stubs, notebooks, docs, torch or ray)" >&2; exit 2; }
done
for part in "${parts[@]}"; do
    step "$part"
    "part_$part"
done
step "done"
