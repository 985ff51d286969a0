#!/usr/bin/env bash
# Builds the module that reads files on the page of a study, and writes it to
# xrd-report/src/page/reader.wasm.gz with the digest of its sources. The same sources and the same toolchain
# give the same bytes in any folder. Run it after a change of xrd-core, xrd-io, xrd-latent or
# xrd-page-reader, when the test `the_module_belongs_to_its_sources` asks for it.
set -euo pipefail
cd "$(dirname "$0")/.."
rustup target add wasm32-unknown-unknown 2> /dev/null || true

# Paths occur in messages of panics.
registry="${CARGO_HOME:-$HOME/.cargo}/registry/src"
paths="--remap-path-prefix=$PWD=xrd"
for index in "$registry"/*/; do paths+=" --remap-path-prefix=${index%/}=crates"; done
RUSTFLAGS="$paths" cargo build --locked --quiet --package xrd-page-reader --lib --profile page-reader \
    --target wasm32-unknown-unknown

target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
module="$target/wasm32-unknown-unknown/page-reader/xrd_page_reader.wasm"
! grep --quiet --text "$HOME/" "$module" || { echo "the module contains a path of this machine"; exit 1; }
gzip --best --no-name --stdout "$module" > xrd-report/src/page/reader.wasm.gz
XRD_WRITE_DIGEST=1 cargo test --quiet --package xrd-page-reader --test module
ls -l "$module" xrd-report/src/page/reader.wasm.gz
