#!/usr/bin/env bash
# Packs the program for one target, as in `tools/archive.sh x86_64-unknown-linux-gnu`: the binary,
# README, licences, manual pages and completions, as xrd-VERSION-TARGET.tar.gz (.zip for Windows) in
# target/archives. The program writes its pages and completions, so it must run on this system.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:?"usage: tools/archive.sh TARGET"}
built=${CARGO_TARGET_DIR:-target}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' xrd-cli/Cargo.toml | head -n 1)
name="xrd-$version-$target"
exe=
case "$target" in *windows*) exe=.exe ;; esac

cargo build --locked --release --package xrd-cli --features png --target "$target"

mkdir -p "$built/archives"
rm -rf "$built/archives/$name" "$built/archives/$name".*
cd "$built/archives"
mkdir "$name" "$name/completions"
cp "../$target/release/xrd$exe" "$name/"
cp "$OLDPWD"/{README.md,CHANGELOG.md,LICENSE-MIT,LICENSE-APACHE} "$name/"
xrd="$name/xrd$exe"
"$xrd" man --out "$name/man"
"$xrd" completions bash > "$name/completions/xrd.bash"
"$xrd" completions zsh > "$name/completions/_xrd"
"$xrd" completions fish > "$name/completions/xrd.fish"
"$xrd" completions powershell > "$name/completions/_xrd.ps1"

# Checks that the archive is complete and has this version.
for file in "$xrd" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE man/xrd.1 man/xrd-study.1 \
    completions/{xrd.bash,_xrd,xrd.fish,_xrd.ps1}; do
    [ "$file" = "$xrd" ] || file="$name/$file"
    [ -s "$file" ] || { echo "$file is missing or empty" >&2; exit 1; }
done
case "$("$xrd" --version)" in
    "xrd $version"*) ;;
    *) echo "$xrd is not version $version" >&2; exit 1 ;;
esac

if [ -z "$exe" ]; then
    archive="$name.tar.gz"
    tar -czf "$archive" "$name"
elif command -v 7z > /dev/null; then
    archive="$name.zip"
    7z a -bso0 "$archive" "$name"
else
    archive="$name.zip"
    zip -qr "$archive" "$name"
fi
rm -r "$name"
echo "$built/archives/$archive"
