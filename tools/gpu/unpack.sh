#!/usr/bin/env bash
# The other end of pack.sh, on the machine with the GPU: collects parts, and when all are there
# unpacks them. It may be called once for every few parts; Python is all it needs.
set -euo pipefail

usage="unpack.sh DEST FROM...
  DEST  where the parts are kept, and unpacked
  FROM  folders or files: MANIFEST and any of the parts
  PYTHON  in the environment: the Python with PyTorch (python3)
When all parts are there: . DEST/environment.sh, then node DEST/tree/tools/gpu/dist/main.js"

[ $# -ge 2 ] || { printf '%s\n' "$usage" >&2; exit 2; }
python="${PYTHON:-python3}"
mkdir -p "$1/parts"
dest="$(cd "$1" && pwd)"
shift

main() {
  keep "$@"
  local missing
  missing="$(missing_parts)"
  if [ -n "$missing" ]; then
    printf 'still to come:\n%s\n' "$missing"
    return
  fi
  unpack runtime "$dest/runtime"
  unpack tree "$dest/tree"
  # Its archive has the folder that the program looks in.
  if grep -q '/data\.tar' "$dest/parts/MANIFEST"; then unpack data "$dest/images" && mv "$dest/images/data" "$dest/tree/"; fi
  write_environment
  echo "unpacked: . $dest/environment.sh"
}

keep() {
  local from
  for from in "$@"; do
    if [ -d "$from" ]; then
      find "$from" -maxdepth 1 \( -name MANIFEST -o -name '*.tar.xz.*' \) -exec cp {} "$dest/parts/" \;
    else
      cp "$from" "$dest/parts/"
    fi
  done
  [ -f "$dest/parts/MANIFEST" ] || { echo "unpack.sh: MANIFEST is not among the files given" >&2; exit 2; }
}

# Those that are not here, or not whole.
missing_parts() {
  (cd "$dest/parts" && sha256sum --check MANIFEST 2>/dev/null || true) | sed -n 's/^\(.*\): FAILED.*/\1/p'
}

# unpack NAME FOLDER: with Python's lzma, since xz is not on every machine.
unpack() {
  rm -rf "$2"
  mkdir -p "$2"
  # By the manifest: parts of an earlier, longer archive may lie here too.
  (cd "$dest/parts" && sed -n "s#^[0-9a-f]*  \(\./$1\.tar\.xz\..*\)#\1#p" MANIFEST | xargs cat) | "$python" -c '
import sys, tarfile
# Python 3.12 warns without a filter; some earlier ones know none.
options = {"filter": "tar"} if hasattr(tarfile, "tar_filter") else {}
with tarfile.open(fileobj=sys.stdin.buffer, mode="r|xz") as archive:
    archive.extractall(sys.argv[1], **options)
' "$2"
}

write_environment() {
  printf 'export PATH="%s:$PATH"\n' "$dest/runtime/bin" >"$dest/environment.sh"
  if [ -d "$dest/runtime/provider" ]; then
    place_provider
    add_library_folders "$(cuda_folders)"
  fi
  if [ -d "$dest/runtime/lib" ]; then
    remove_known_loaders
    add_library_folders "$dest/runtime/lib"
    add_driver
  fi
}

add_library_folders() {
  printf 'export LD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n' "$1" >>"$dest/environment.sh"
}

# Next to the library that loads them.
place_provider() {
  local folder="$dest/tree/packages/backend-onnxruntime/node_modules/onnxruntime-node/bin/napi-v6/linux/x64"
  mv "$dest"/runtime/provider/*.so "$folder/"
}

# The machine's own suit its driver best. A library's name is a link to its file.
remove_known_loaders() {
  local known link
  known="$(ldconfig -p)"
  for link in "$dest"/runtime/lib/*; do
    case "$known" in
      *"$(basename "$link") "*) rm -f "$(readlink -f "$link" || true)" "$link" ;;
    esac
  done
}

# Containers often have the driver's files in a folder where no loader looks.
add_driver() {
  local place manifest
  for place in /etc/vulkan/icd.d /usr/local/share/vulkan/icd.d /usr/share/vulkan/icd.d \
    /usr/local/nvidia/share/vulkan/icd.d; do
    manifest="$(find "$place" -name 'nvidia_icd*.json' 2>/dev/null | head -1 || true)"
    [ -n "$manifest" ] || continue
    echo "NVIDIA's Vulkan driver: $manifest"
    printf 'export VK_DRIVER_FILES="%s"\n' "$manifest" >>"$dest/environment.sh"
    return
  done
  echo "no nvidia_icd.json of a Vulkan driver was found" >&2
}

# PyTorch's wheels bring CUDA and cuDNN in packages named nvidia: every folder of libraries in them.
cuda_folders() {
  "$python" -c '
import importlib.util
from pathlib import Path

spec = importlib.util.find_spec("nvidia")
roots = [Path(root) for root in spec.submodule_search_locations] if spec else []
folders = sorted({library.parent for root in roots for library in root.glob("*/lib/*.so*")})
print(":".join(map(str, folders)) or "/usr/local/cuda/lib64")
'
}

main "$@"
