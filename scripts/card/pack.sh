#!/usr/bin/env bash
# Packs what check-and-measure.mjs needs on a Linux x64 machine with an NVIDIA card and no network,
# into files small enough to carry; see README.md. unpack.sh puts them together again there.
set -euo pipefail

usage="pack.sh OUTDIR [--data DIR] [--part-mib N] [--wheel FILE]
  OUTDIR        gets MANIFEST and the parts; parts of the runtime that are there are kept
  --data DIR    Fashion-MNIST as IDX files, of which the test images are packed (NIN_DATA_DIR)
  --part-mib N  the largest part (56)
  --wheel FILE  the onnxruntime-gpu wheel, if it is here already; else pip downloads it
  PYTHON        in the environment: a Python with pip (python3)"

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
python="${PYTHON:-python3}"
out="" data="${NIN_DATA_DIR:-}" part_mib=56 wheel=""
while [ $# -gt 0 ]; do
  case "$1" in
    --data) data="$2"; shift ;;
    --part-mib) part_mib="$2"; shift ;;
    --wheel) wheel="$2"; shift ;;
    -*) printf '%s\n' "$usage" >&2; exit 2 ;;
    *) out="$1" ;;
  esac
  shift
done
[ -n "$out" ] || { printf '%s\n' "$usage" >&2; exit 2; }
mkdir -p "$out"
out="$(cd "$out" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

main() {
  local id
  id="onnxruntime $(version_of onnxruntime-node), node $(node --version), parts of $part_mib MiB"
  if [ "$(cat "$out/RUNTIME" 2>/dev/null)" = "$id" ]; then
    echo "kept: $id"
  else
    pack_runtime
    echo "$id" >"$out/RUNTIME"
  fi
  pack_tree
  (cd "$out" && sha256sum ./*.tar.xz.* >MANIFEST)
  (cd "$out" && ls -l MANIFEST ./*.tar.xz.*)
}

# What does not change from one commit to the next: Node itself and the CUDA provider.
pack_runtime() {
  local folder="$work/runtime"
  mkdir -p "$folder/bin" "$folder/provider"
  cp "$(node -p process.execPath)" "$folder/bin/node"
  if ldd "$folder/bin/node" | grep -q libnode; then
    echo "this node is linked with libnode; use one of nodejs.org's own" >&2
    exit 1
  fi
  [ -n "$wheel" ] || download_wheel
  "$python" -m zipfile -e "$wheel" "$work/wheel"
  cp "$work"/wheel/onnxruntime/capi/libonnxruntime_providers_{cuda,shared}.so "$folder/provider/"
  archive runtime -C "$folder" bin provider
}

# The provider speaks to libonnxruntime.so.1 of the same version only. Any Python's wheel has it.
download_wheel() {
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.12 --implementation cp --platform manylinux_2_28_x86_64 \
    --dest "$work" "onnxruntime-gpu==$(version_of onnxruntime-node)"
  wheel="$(ls "$work"/onnxruntime_gpu-*.whl)"
}

pack_tree() {
  (cd "$root" && node scripts/card/packed-files.mjs) >"$work/files"
  local images=()
  if [ -n "$data" ]; then
    mkdir -p "$work/data/fashion-mnist"
    cp "$data"/t10k-*-ubyte* "$work/data/fashion-mnist/"
    images=(-C "$work" data)
  else
    echo "no --data: nin-base and trajectory will be skipped" >&2
  fi
  archive tree -C "$root" --files-from="$work/files" "${images[@]}"
}

# archive NAME TAR-ARGUMENTS...
archive() {
  local name="$1"
  shift
  rm -f "$out/$name".tar.xz.*
  tar --create --owner=0 --group=0 "$@" | xz -6 --threads=0 --stdout |
    split --bytes="${part_mib}M" --numeric-suffixes=1 --suffix-length=2 - "$out/$name.tar.xz."
}

version_of() {
  node -p "require('$root/packages/backend-onnxruntime/node_modules/$1/package.json').version"
}

main
