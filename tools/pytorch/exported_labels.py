"""The labels that exported files give Fashion-MNIST's test images, in PyTorch and in Python's ONNX Runtime.

Reads plain.onnx, whole.onnx, weights.safetensors and nin.safetensors of a folder; prints JSON.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from nin_torch.architecture import build
from nin_torch.fashion_mnist import read_split, to_input

BATCH = 100


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", required=True)
    parser.add_argument("--limit", type=int, default=None)
    options = parser.parse_args()
    images, _ = read_split(options.data, "t10k", options.limit)
    load_tutorial(options.folder / "nin.safetensors")
    labels = {
        "Python onnxruntime": onnx_labels(options.folder / "plain.onnx", images),
        "Python onnxruntime with preprocessing": onnx_labels(options.folder / "whole.onnx", images),
        "PyTorch": torch_labels(options.folder / "weights.safetensors", images),
    }
    versions = {"onnxruntimePython": onnxruntime.__version__, "torch": torch.__version__}
    print(json.dumps({"versions": versions, "labels": labels}))


def described(metadata):
    """What a file says of its network, parsed."""
    return {key.removeprefix("nin."): json.loads(text) for key, text in metadata.items() if key.startswith("nin.")}


def batches(images):
    return (images[start : start + BATCH] for start in range(0, len(images), BATCH))


def onnx_labels(path, images):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    about = described(session.get_modelmeta().custom_metadata_map)
    name = session.get_inputs()[0].name
    labels = []
    for batch in batches(images):
        given = batch[:, None] if name == "images" else to_input(batch, about["architecture"], about).astype(np.float32)
        labels += session.run(None, {name: given})[0].argmax(1).tolist()
    return labels


def torch_labels(path, images):
    with safe_open(str(path), "pt") as file:
        about = described(file.metadata())
    network = build(about["architecture"])
    network.load_state_dict(load_file(str(path)), strict=True)
    network.eval()
    labels = []
    with torch.no_grad():
        for batch in batches(images):
            given = torch.from_numpy(to_input(batch, about["architecture"], about).astype(np.float32))
            labels += network(given).reshape(len(batch), -1).argmax(1).tolist()
    return labels


class NiN(nn.Module):
    """The tutorial's network: d2l.ai, section 8.3."""

    def __init__(self, num_classes=10):
        super().__init__()
        self.net = nn.Sequential(
            nin_block(96, kernel_size=11, strides=4, padding=0),
            nn.MaxPool2d(3, stride=2),
            nin_block(256, kernel_size=5, strides=1, padding=2),
            nn.MaxPool2d(3, stride=2),
            nin_block(384, kernel_size=3, strides=1, padding=1),
            nn.MaxPool2d(3, stride=2),
            nn.Dropout(0.5),
            nin_block(num_classes, kernel_size=3, strides=1, padding=1),
            nn.AdaptiveAvgPool2d((1, 1)),
            nn.Flatten(),
        )


def nin_block(out_channels, kernel_size, strides, padding):
    return nn.Sequential(
        nn.LazyConv2d(out_channels, kernel_size, strides, padding),
        nn.ReLU(),
        nn.LazyConv2d(out_channels, kernel_size=1),
        nn.ReLU(),
        nn.LazyConv2d(out_channels, kernel_size=1),
        nn.ReLU(),
    )


def load_tutorial(path):
    """Fails unless the tutorial's module has exactly these names and shapes."""
    network = NiN()
    network.net(torch.zeros(1, 1, 224, 224))
    network.load_state_dict(load_file(str(path)), strict=True)


if __name__ == "__main__":
    main()
