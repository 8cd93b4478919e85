"""Gives the same safetensors files to the format's own parser and to packages/safetensors, and compares the verdicts."""

import argparse
import collections
import json
import pathlib
import random
import re
import struct
import subprocess
import sys

import safetensors

HERE = pathlib.Path(__file__).parent
FIXTURE = HERE / "../../packages/safetensors/fixtures/reference-verdicts.json"
SEED = 16


def file_of(header: bytes, data_bytes: int, length_offset: int = 0) -> bytes:
    length = max(0, len(header) + length_offset)
    return struct.pack("<Q", length) + header + bytes(data_bytes)


def file_of_case(case: dict) -> bytes:
    if "headerHex" in case:
        header = bytes.fromhex(case["headerHex"])
    else:
        nested = case.get("nested", 0)
        header = case["header"].replace("<nested>", "[" * nested + "]" * nested).encode()
    return file_of(header, case["dataBytes"], case.get("lengthOffset", 0))


def reference_accepts(file: bytes) -> bool:
    try:
        safetensors.deserialize(file)
        return True
    except safetensors.SafetensorError:
        return False


def ours(files: list[bytes]) -> list[dict]:
    frames = b"".join(struct.pack("<I", len(file)) + file for file in files)
    run = subprocess.run(
        ["node", str(HERE / "verdicts.mjs")], input=frames, stdout=subprocess.PIPE, check=True
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def damaged(draw: random.Random) -> bytes:
    """A valid header of a few tensors, some of whose tokens are replaced, repeated, left out or exchanged."""
    offset = 0
    entries = []
    if draw.random() < 0.3:
        entries.append('"__metadata__":{"a":"1","b":"2"}')
    for index in range(draw.randint(1, 3)):
        dtype, size = draw.choice([("F32", 4), ("I64", 8), ("U8", 1), ("F16", 2)])
        shape = [draw.randint(0, 3) for _ in range(draw.randint(0, 3))]
        count = 1
        for extent in shape:
            count *= extent
        end = offset + count * size
        entries.append(
            f'"t{index}":{{"dtype":"{dtype}","shape":{json.dumps(shape)},"data_offsets":[{offset},{end}]}}'
        )
        offset = end
    header = "{" + ",".join(entries) + "}"
    tokens = re.findall(r'"[^"]*"|[0-9]+|[{}\[\]:,]|\s+', header)
    extra = [" ", "\n", "0", "1", "8", "-0", "8e0", "1.0", "01", "null", "true", '"t0"', '"dtype"', '"F32"', "{}", "[]",
             '"__metadata__"', "\ufeff", "\x00", '"\\ud800"', '"\\u0074\\u0030"', "18446744073709551615"]
    for _ in range(draw.randint(0, 2)):
        at = draw.randrange(len(tokens))
        kind = draw.randrange(5)
        if kind == 0:
            tokens[at] = draw.choice(extra)
        elif kind == 1:
            tokens.insert(at, draw.choice(extra))
        elif kind == 2:
            del tokens[at]
        elif kind == 3:
            stop = min(len(tokens), at + draw.randint(1, 16))
            tokens[at:at] = tokens[at:stop]
        else:
            other = draw.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        if not tokens:
            break
    bytes_ = bytearray(file_of("".join(tokens).encode(), max(0, offset + draw.choice([0, 0, 0, 0, -1, 1, 8]))))
    for _ in range(draw.choice([0, 0, 0, 1, 2])):
        bytes_[draw.randrange(len(bytes_))] = draw.randrange(256)
    return bytes(bytes_)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=20_000, help="number of damaged files (default: 20,000)")
    arguments.add_argument("--out", type=pathlib.Path, help="write the result to this file, as JSON")
    options = arguments.parse_args()

    cases = json.loads(FIXTURE.read_text())
    wrong = []
    for case, verdict in zip(cases, ours([file_of_case(case) for case in cases]), strict=True):
        accepted = reference_accepts(file_of_case(case))
        if accepted != (case["reference"] == "accepted"):
            wrong.append(f'{case["name"]}: the fixture says {case["reference"]}')
        if verdict["accepted"] != (accepted and "refusedBecause" not in case):
            wrong.append(f'{case["name"]}: accepted here: {verdict["accepted"]}')

    draw = random.Random(SEED)
    files = [damaged(draw) for _ in range(options.files)]
    counts = collections.Counter()
    reasons = collections.Counter()
    for file, verdict in zip(files, ours(files), strict=True):
        accepted = reference_accepts(file)
        counts[("accepted" if accepted else "refused", "accepted" if verdict["accepted"] else "refused")] += 1
        if verdict["accepted"] and not accepted:
            wrong.append(f"accepted here alone: {file!r}")
        if not verdict["accepted"] and verdict["code"] != "NIN_SAFETENSORS":
            wrong.append(f'{verdict["message"]}: {file!r}')
        if accepted and not verdict["accepted"]:
            reason = re.sub(r'column \d+|"[^"]*"|tensor \S+|-?\d[\d.e]*', "_", verdict["message"])
            reasons[reason] += 1
    result = {
        "reference": f"safetensors {safetensors.__version__}",
        "seed": SEED,
        "cases": len(cases),
        "files": options.files,
        "acceptedByBoth": counts[("accepted", "accepted")],
        "refusedByBoth": counts[("refused", "refused")],
        "acceptedHereAlone": counts[("refused", "accepted")],
        "refusedHereAlone": counts[("accepted", "refused")],
        "refusedHereAloneBecause": dict(reasons.most_common()),
        "wrong": wrong,
    }
    print(json.dumps(result, indent=2, ensure_ascii=False))
    if options.out:
        options.out.write_text(json.dumps(result, indent=2) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
