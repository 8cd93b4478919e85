"""Checks ONNX models with ONNX's own checker, strict shape inference included.

Usage: check_onnx.py MODEL.onnx ...   Prints the names of the files that were accepted, one a line;
ends with status 1, and with the reason on stderr, when one is not. Needs: onnx.
"""

import sys
from pathlib import Path

import onnx


def check(path: Path) -> None:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)


def main(paths: list[str]) -> int:
    failures = 0
    for path in map(Path, paths):
        try:
            check(path)
            print(path.name)
        except Exception as error:  # every refusal is reported, whatever its type
            failures += 1
            print(f"{path.name}: {error}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
