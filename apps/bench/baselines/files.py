"""A job and its files, with numpy alone: what every baseline works on."""

import json
import struct
from pathlib import Path

import numpy as np

DTYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "I32": np.int32}


class Job:
    """What the benchmark wants done; see `Job` in `src/protocol/messages.ts`."""

    def __init__(self, path):
        fields = read_json(path)
        self.mode = fields["mode"]
        self.threads = fields["threads"]
        self.precision = fields["precision"]
        self.checked_images = fields["checkedImages"]
        self.layers, self.image_shape = primitive_layers(read_json(fields["architecture"]))
        self.recipe = read_json(fields["recipe"])
        tensors = read_safetensors(fields["tensors"])
        self.labels = tensors.pop("labels")
        self.input = tensors.pop("input")
        self.parameters = tensors

    @property
    def optimizer(self):
        return self.recipe["optimizer"]


class Unsupported(Exception):
    """Raised for something that a baseline does not do."""

    code = "NIN_UNSUPPORTED"


def read_json(path):
    return json.loads(Path(path).read_text())


def read_safetensors(path):
    """Tensors by name: a header of JSON behind its length, then the bytes."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    start = 8 + length
    return {
        name: np.frombuffer(content[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]], DTYPES[entry["dtype"]])
        .reshape(entry["shape"])
        .copy()
        for name, entry in header.items()
    }


def primitive_layers(architecture):
    """[(name, layer)] with the blocks expanded, and [channels, height, width] of an image."""
    layers = []
    for position, layer in enumerate(architecture["layers"]):
        name = f"net.{position}"
        if layer["kind"] == "ninBlock":
            layers += [(f"{name}.{index}", inner) for index, inner in enumerate(block_layers(layer))]
        else:
            layers.append((name, layer))
    return layers, [architecture["input"][axis] for axis in ("channels", "height", "width")]


def block_layers(block):
    first = {name: block[name] for name in ("kernelSize", "stride", "padding")}
    convolutions = [{"outChannels": block["outChannels"], **first}]
    kernel = block["mlpKernelSize"]
    for channels in block["mlpChannels"]:
        padding = [(size - 1) // 2 for size in pair(kernel)]
        convolutions.append({"outChannels": channels, "kernelSize": kernel, "stride": 1, "padding": padding})
    layers = []
    for convolution in convolutions:
        layers += [{"kind": "conv2d", "bias": True, **convolution}, {"kind": "relu"}]
    return layers


def pair(size):
    return (size, size) if isinstance(size, int) else tuple(size)


def window(layer):
    """Kernel, stride and padding, each (height, width)."""
    return pair(layer["kernelSize"]), pair(layer.get("stride", 1)), pair(layer.get("padding", 0))


def overhang(extent, kernel, stride, padding, ceil_mode):
    """How far a pool's last window runs past the padded input, on one axis."""
    if not ceil_mode:
        return 0
    reach = extent + 2 * padding - kernel
    windows = -(-reach // stride) + 1
    # The last window starts inside the input or its padding before.
    if (windows - 1) * stride >= extent + padding:
        windows -= 1
    return max(0, (windows - 1) * stride + kernel - extent - 2 * padding)
