"""Augmented images, computed with NumPy from the text of docs/numerics.md and nothing of ours.

    python augmented_images.py DIR < request.json > images    # Fashion-MNIST's folder; see `measure augmentation`
    python augmented_images.py --fixture > ../../packages/spec/fixtures/augmented-images.json

A request is a JSON list of {"seed", "epoch", "horizontalFlip", "cropPadding", "channels", "positions"}. An image of C
channels at position i is made of the grey images i*C to i*C + C-1. The answer is all images of all entries, in order, as
bytes [image, channel, row, column].
"""

import base64
import gzip
import json
import platform
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

AUGMENTATION = 6
TRAINING_IMAGES = "train-images-idx3-ubyte"


def main():
    if sys.argv[1:] == ["--versions"]:
        json.dump({"python": platform.python_version(), "numpy": np.__version__}, sys.stdout)
        return
    if sys.argv[1:] == ["--fixture"]:
        json.dump(fixture(), sys.stdout)
        return
    (folder,) = sys.argv[1:]
    grey = read_idx(Path(folder))
    for entry in json.load(sys.stdin):
        channels = entry["channels"]
        positions = np.array(entry["positions"], dtype=np.uint64)
        count = len(grey) // channels
        whole = grey[: count * channels].reshape(count, channels, *grey.shape[1:])
        sys.stdout.buffer.write(augmented(whole[positions.astype(np.int64)], positions, entry).tobytes())


def augmented(images, positions, entry):
    """out[y][x] = in[y + dy][x' + dx], 0 outside; x' = width - 1 - x where the image is flipped, else x."""
    words = philox(entry["seed"], positions, index=0, time=entry["epoch"], purpose=AUGMENTATION)
    # Python's fractions are exact: word < rate * 2^32 with the float64 that the rate is.
    flipped = np.array([int(word) < Fraction(entry["horizontalFlip"]) * 2**32 for word in words[0]])
    padding = entry["cropPadding"]
    dy, dx = (np.array([int(word) * (2 * padding + 1) // 2**32 - padding for word in words[k]]) for k in (1, 2))
    count, _, height, width = images.shape
    # An image in the middle of zeros, as far as any crop reaches; then the crop, then the flip.
    room = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    result = np.empty_like(images)
    for n in range(count):
        top, left = padding + dy[n], padding + dx[n]
        crop = room[n, :, top : top + height, left : left + width]
        result[n] = crop[:, :, ::-1] if flipped[n] else crop
    return result


def philox(seed, blocks, index, time, purpose):
    """Philox4x32-10: the four words of each counter (block, index, time, purpose), shape [4, blocks].

    Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
    """
    mask = np.uint64(2**32 - 1)
    half = np.uint64(32)
    x = [blocks.astype(np.uint64), *(np.full(len(blocks), word, dtype=np.uint64) for word in (index, time, purpose))]
    key = [seed % 2**32, seed // 2**32]
    for _ in range(10):
        product0, product1 = x[0] * np.uint64(0xD2511F53), x[2] * np.uint64(0xCD9E8D57)
        x = [
            (product1 >> half) ^ x[1] ^ np.uint64(key[0]),
            product1 & mask,
            (product0 >> half) ^ x[3] ^ np.uint64(key[1]),
            product0 & mask,
        ]
        key = [(key[0] + 0x9E3779B9) % 2**32, (key[1] + 0xBB67AE85) % 2**32]
    return np.stack(x)


def read_idx(folder):
    """[images, rows, columns]"""
    plain = folder / TRAINING_IMAGES
    content = plain.read_bytes() if plain.exists() else gzip.decompress((folder / f"{TRAINING_IMAGES}.gz").read_bytes())
    magic, count, height, width = np.frombuffer(content, ">u4", 4)
    assert magic == 2051, f"{TRAINING_IMAGES}: magic number {magic}"
    return np.frombuffer(content, np.uint8, offset=16).reshape(count, height, width)


def fixture():
    """A few images of bytes that a formula gives, never 0: byte k is 1 + (7919 k mod 255)."""
    cases = [
        {"seed": 0, "epoch": 0, "horizontalFlip": 0.5, "cropPadding": 0, "size": [1, 4, 6]},
        {"seed": 1, "epoch": 3, "horizontalFlip": 0, "cropPadding": 2, "size": [1, 5, 4]},
        {"seed": 2**32 + 7, "epoch": 1, "horizontalFlip": 0.3, "cropPadding": 1, "size": [3, 3, 5]},
        {"seed": 2**53 - 1, "epoch": 2**32 - 1, "horizontalFlip": 1, "cropPadding": 4, "size": [2, 6, 3]},
        {"seed": 5, "epoch": 40, "horizontalFlip": 0.9999999999, "cropPadding": 7, "size": [1, 3, 3]},
    ]
    positions = np.array([0, 1, 2, 3, 255, 256, 59_999, 2**31, 2**32 - 1], dtype=np.uint64)
    for case in cases:
        shape = (len(positions), *case["size"])
        images = (1 + 7919 * np.arange(np.prod(shape)) % 255).astype(np.uint8).reshape(shape)
        case["augmented"] = base64.b64encode(augmented(images, positions, case).tobytes()).decode()
    return {"positions": positions.tolist(), "cases": cases}


if __name__ == "__main__":
    main()
