#!/usr/bin/env bash
# Builds and tests each crate from its archive, as it would be published: packaged in the order of
# dependencies, unpacked into an empty workspace, with only its packaged siblings. `--publish-dry-run`
# checks and builds like `cargo publish` and uploads nothing. `--publish` uploads all crates, each after
# its dependencies.
set -euo pipefail
cd "$(dirname "$0")/.."
crates=(xrd-core xrd-io xrd-sim xrd-ae xrd-nn xrd-latent xrd-relevance xrd-interp xrd-regression xrd-identify xrd-line-lists xrd-symmetry xrd-predict xrd-study xrd-report xrd-cli)
chosen=("${crates[@]/#/--package=}")

dirty=()
[ -z "${XRD_ALLOW_DIRTY:-}" ] || dirty=(--allow-dirty)
case "${1:-}" in
    --publish-dry-run) exec cargo publish --dry-run "${dirty[@]}" "${chosen[@]}" ;;
    --publish) exec cargo publish "${chosen[@]}" ;;
esac

target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
rm -f "$target"/package/xrd-*.crate
cargo package --no-verify "${dirty[@]}" "${chosen[@]}"

# One folder deeper than in the repository, because cargo distinguishes crates by their paths in a workspace.
alone="$target/package/alone"
place="$alone/crates"
rm -rf "$alone"
mkdir -p "$place"
for crate in "${crates[@]}"; do
    tar -xzf "$target/package/$crate"-[0-9]*.crate -C "$place"
    mv "$place/$crate"-[0-9]* "$place/$crate"
    for file in README.md LICENSE-MIT LICENSE-APACHE; do
        test -s "$place/$crate/$file" || { echo "$crate has no $file"; exit 1; }
    done
done
members=$(printf '"crates/%s", ' "${crates[@]}")
{
    printf '[workspace]\nresolver = "3"\nmembers = [%s]\n\n[patch.crates-io]\n' "$members"
    for crate in "${crates[@]}"; do echo "$crate = { path = \"crates/$crate\" }"; done
    # The profiles of the repository, so that its built dependencies are used again.
    sed -n '/^\[profile/,$p' Cargo.toml
} > "$alone/Cargo.toml"
cp Cargo.lock "$alone/"

export CARGO_TARGET_DIR="$target" PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-1}"
# The measured files next to a checkout are not next to a package.
unset XRD_TEST_DATA
cd "$alone"
for crate in "${crates[@]}"; do
    printf '\n== %s from its archive (%s s)\n' "$crate" "$SECONDS"
    cargo test --package "$crate"
done
printf '\n== all %s packages stand alone (%s s)\n' "${#crates[@]}" "$SECONDS"
