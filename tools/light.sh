#!/usr/bin/env bash
# Time to build each light crate from nothing with its default features on two cores, and its number of
# dependencies. Fails above 10 seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(mktemp -d)
trap 'rm -rf "$target"' EXIT
slow=0
for crate in xrd-core xrd-latent xrd-relevance xrd-interp; do
    rm -rf "${target:?}"/*
    cargo fetch --quiet
    start=$(date +%s%N)
    CARGO_TARGET_DIR="$target" cargo build --quiet --jobs 2 --package "$crate"
    took=$((($(date +%s%N) - start) / 1000000))
    crates=$(cargo tree --package "$crate" --edges normal --prefix none --no-dedupe | sort -u | wc -l)
    direct=$(cargo tree --package "$crate" --edges normal --prefix none --depth 1 | tail -n +2 | wc -l)
    printf '%-14s %5d ms, %d direct dependencies, %d crates in all\n' "$crate" "$took" "$direct" "$((crates - 1))"
    [ "$took" -lt 10000 ] || slow=1
done
exit "$slow"
