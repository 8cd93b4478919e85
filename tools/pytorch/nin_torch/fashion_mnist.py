"""Fashion-MNIST from its IDX files, plain or gzipped, resized as the backends do."""

import gzip
from pathlib import Path

import numpy as np
from PIL import Image

IMAGES_MAGIC = 2051
LABELS_MAGIC = 2049


def read_split(folder, split, limit=None):
    """The images [N, H, W] and labels [N] of `train` or `t10k`, as bytes; the first `limit` of them."""
    images = read_idx(Path(folder) / f"{split}-images-idx3-ubyte", IMAGES_MAGIC, 3)
    labels = read_idx(Path(folder) / f"{split}-labels-idx1-ubyte", LABELS_MAGIC, 1)
    return images[:limit], labels[:limit]


def to_input(images, architecture, preprocessing):
    """Resized by Pillow, one channel repeated, `float32(byte)/255`, then `(x-mean)/std`: float64 [N, C, H, W]."""
    channels, height, width = (architecture["input"][axis] for axis in ("channels", "height", "width"))
    resized = np.stack([resize(image, height, width) for image in images])
    scaled = resized.astype(np.float32)[:, None] / np.float32(255)
    repeated = np.repeat(scaled, channels, axis=1)
    mean, std = (per_channel(preprocessing[key], channels) for key in ("mean", "std"))
    return (repeated.astype(np.float64) - mean) / std


def resize(image, height, width):
    if image.shape == (height, width):
        return image
    return np.asarray(Image.fromarray(image).resize((width, height), Image.BILINEAR))


def per_channel(value, channels):
    return np.broadcast_to(np.asarray(value, np.float64), (channels,)).reshape(channels, 1, 1)


def read_idx(path, magic, rank):
    zipped = path.with_name(path.name + ".gz")
    if not path.exists() and not zipped.exists():
        raise FileNotFoundError(f"{path}: expected an IDX file there, or {zipped.name}")
    content = path.read_bytes() if path.exists() else gzip.decompress(zipped.read_bytes())
    header = np.frombuffer(content, ">u4", rank + 1)
    if header[0] != magic:
        raise ValueError(f"{path}: expected magic {magic}, got {header[0]}")
    shape = [int(extent) for extent in header[1:]]
    return np.frombuffer(content, np.uint8, offset=4 * (rank + 1)).reshape(shape)
