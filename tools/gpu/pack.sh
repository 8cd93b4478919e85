#!/usr/bin/env bash
# Packs what tools/gpu needs on a Linux x64 machine with an NVIDIA GPU and no network,
# into files small enough to carry; see README.md. unpack.sh puts them together again there.
set -euo pipefail

usage="pack.sh OUTDIR --backend onnxruntime|webgpu [--data DIR] [--part-mib N] [--wheel FILE] [--debs DIR]
  OUTDIR        gets MANIFEST and the parts; parts of runtime and data that are there are kept
  --backend ID  whose libraries are packed
  --data DIR    Fashion-MNIST as IDX files (NIN_DATA_DIR)
  --part-mib N  the largest part (56)
  --wheel FILE  the onnxruntime-gpu wheel, if it is here already; else pip downloads it
  --debs DIR    Debian packages of the loaders, if they are here already; else apt-get downloads them
  PYTHON        in the environment: a Python with pip (python3), for onnxruntime"

# Vulkan's loader, and what NVIDIA's driver may be linked with: glvnd, and X's client libraries.
loaders=(libvulkan1 libegl1 libglvnd0 libopengl0 libgl1 libglx0 libgles2)
loaders+=(libx11-6 libxext6 libxcb1 libxau6 libxdmcp6 libbsd0 libmd0)

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
python="${PYTHON:-python3}"
out="" backend="" data="${NIN_DATA_DIR:-}" part_mib=56 wheel="" debs=""
while [ $# -gt 0 ]; do
  case "$1" in
    --backend) backend="$2"; shift ;;
    --debs) debs="$2"; shift ;;
    --data) data="$2"; shift ;;
    --part-mib) part_mib="$2"; shift ;;
    --wheel) wheel="$2"; shift ;;
    -*) printf '%s\n' "$usage" >&2; exit 2 ;;
    *) out="$1" ;;
  esac
  shift
done
case "$out/$backend" in
  ?*/onnxruntime | ?*/webgpu) ;;
  *) printf '%s\n' "$usage" >&2; exit 2 ;;
esac
mkdir -p "$out"
out="$(cd "$out" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

main() {
  once runtime "$(runtime_id), node $(node --version)" pack_runtime
  if [ -n "$data" ]; then
    once data "$data" pack_data
  else
    echo "no --data: steps that need images will be skipped" >&2
  fi
  pack_tree
  (cd "$out" && sha256sum ./*.tar.xz.* >MANIFEST)
  (cd "$out" && ls -l MANIFEST ./*.tar.xz.*)
}

# once NAME ID COMMAND: what does not change from one commit to the next is packed once.
once() {
  local id="$2, parts of $part_mib MiB"
  if [ "$(cat "$out/$1.id" 2>/dev/null)" = "$id" ]; then
    echo "kept: $1 ($id)"
  else
    "$3"
    echo "$id" >"$out/$1.id"
  fi
}

runtime_id() {
  case "$backend" in
    onnxruntime) echo "onnxruntime $(version_of onnxruntime-node)" ;;
    webgpu) echo "loaders ${loaders[*]}" ;;
  esac
}

# Node itself, and the libraries that the machine may lack.
pack_runtime() {
  local folder="$work/runtime"
  mkdir -p "$folder/bin"
  cp "$(node -p process.execPath)" "$folder/bin/node"
  if ldd "$folder/bin/node" | grep -q libnode; then
    echo "this node is linked with libnode; use one of nodejs.org's own" >&2
    exit 1
  fi
  # A fifth of it are names for debuggers; addons find what they need among the dynamic symbols.
  strip --strip-unneeded "$folder/bin/node" || true
  case "$backend" in
    onnxruntime) add_provider "$folder" ;;
    webgpu) add_loaders "$folder" ;;
  esac
  archive runtime -C "$folder" .
}

add_provider() {
  mkdir -p "$1/provider"
  [ -n "$wheel" ] || download_wheel
  "$python" -m zipfile -e "$wheel" "$work/wheel"
  cp "$work"/wheel/onnxruntime/capi/libonnxruntime_providers_{cuda,shared}.so "$1/provider/"
}

# The provider speaks to libonnxruntime.so.1 of the same version only. Any Python's wheel has it.
download_wheel() {
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.12 --implementation cp --platform manylinux_2_28_x86_64 \
    --dest "$work" "onnxruntime-gpu==$(version_of onnxruntime-node)"
  wheel="$(ls "$work"/onnxruntime_gpu-*.whl)"
}

add_loaders() {
  local deb
  mkdir -p "$1/lib" "$work/unpacked"
  [ -n "$debs" ] || download_loaders
  for deb in "$debs"/*.deb; do dpkg -x "$deb" "$work/unpacked"; done
  find "$work/unpacked" -name 'lib*.so*' -exec cp --no-dereference {} "$1/lib/" \;
}

# With lists of their own, so that it needs no root.
download_loaders() {
  local lists="$work/apt" options
  debs="$work/debs"
  mkdir -p "$lists/partial" "$debs"
  options=(-qq -oAPT::Architecture=amd64 -oAPT::Architectures=amd64 "-oDir::State::Lists=$lists")
  apt-get "${options[@]}" update
  (cd "$debs" && apt-get "${options[@]}" download "${loaders[@]}")
}

# Not as .gz: xz makes them smaller by itself.
pack_data() {
  local folder="$work/data/fashion-mnist" file
  mkdir -p "$folder"
  for file in "$data"/*-ubyte*; do
    case "$file" in
      *.gz) gzip --decompress --stdout "$file" >"$folder/$(basename "$file" .gz)" ;;
      *) cp "$file" "$folder/" ;;
    esac
  done
  archive data -C "$work" data
}

pack_tree() {
  (cd "$root" && node tools/gpu/dist/packed-files.js "$backend") >"$work/files"
  archive tree -C "$root" --files-from="$work/files"
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
