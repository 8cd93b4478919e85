"""Safetensors files, and the verdicts of the format's own parser on them, for `measure safetensors`.

Writes a line of JSON; then the cases of a fixture and damaged files with a fixed seed, each after its length (4 bytes,
little-endian) and its verdict (1 byte: 1 is accepted).
"""

import argparse
import json
import pathlib
import random
import re
import struct
import sys

import safetensors

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


def damaged(draw: random.Random) -> bytes:
    """A valid header of a few tensors, some of whose tokens are replaced, repeated, removed or exchanged."""
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


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("fixture", type=pathlib.Path, help="packages/safetensors/fixtures/reference-verdicts.json")
    arguments.add_argument("--files", type=int, default=20_000, help="number of damaged files (default: 20,000)")
    options = arguments.parse_args()

    random_numbers = random.Random(SEED)
    files = [file_of_case(case) for case in json.loads(options.fixture.read_text())]
    files += [damaged(random_numbers) for _ in range(options.files)]
    output = sys.stdout.buffer
    output.write(json.dumps({"reference": f"safetensors {safetensors.__version__}", "seed": SEED}).encode() + b"\n")
    for file in files:
        output.write(struct.pack("<IB", len(file), reference_accepts(file)) + file)


if __name__ == "__main__":
    main()
