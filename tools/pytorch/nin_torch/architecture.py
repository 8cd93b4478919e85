"""A torch module from an architecture in our JSON form ("format": "nin-architecture")."""

import json
from pathlib import Path

import torch
from torch import nn

from .dropout import CounterDropout


class Network(nn.Module):
    """The layers under the state-dict names of our files: `net.0.0.weight`."""

    def __init__(self, layers):
        super().__init__()
        self.net = nn.Sequential(*layers)

    def forward(self, input):
        return self.net(input)


def read_architecture(path):
    """The parsed JSON of an architecture file."""
    architecture = json.loads(Path(path).read_text())
    for field, expected in (("format", "nin-architecture"), ("version", 1)):
        if architecture.get(field) != expected:
            raise ValueError(f"{path}: {field}: expected {expected!r}, got {architecture.get(field)!r}")
    return architecture


def build(architecture, make_dropout=CounterDropout):
    """The network with PyTorch's own initial weights. `make_dropout(rate, position)` makes a dropout."""
    output = torch.zeros(1, *input_shape(architecture))
    modules = []
    for position, layer in enumerate(architecture["layers"]):
        kind = layer["kind"]
        if kind == "dropout":
            module = make_dropout(layer["rate"], position)
        elif kind in MAKERS:
            module = MAKERS[kind](layer, output.shape[1])
        else:
            raise ValueError(f"layers[{position}].kind: expected one of {', '.join(MAKERS)}, got {kind!r}")
        modules.append(module)
        # Run on one image, so that the next layer's inputs are those that torch realizes.
        with torch.no_grad():
            output = module.eval()(output)
    return Network(modules).train()


def input_shape(architecture):
    """[channels, height, width] of an image."""
    return [architecture["input"][axis] for axis in ("channels", "height", "width")]


def pair(size):
    return (size, size) if isinstance(size, int) else tuple(size)


def window(layer):
    return pair(layer["kernelSize"]), pair(layer.get("stride", 1)), pair(layer.get("padding", 0))


def conv2d(layer, in_channels):
    return nn.Conv2d(in_channels, layer["outChannels"], *window(layer), bias=layer.get("bias", True))


def nin_block(layer, in_channels):
    mlp_kernel = pair(layer.get("mlpKernelSize", 1))
    mlp_padding = [(size - 1) // 2 for size in mlp_kernel]
    channels = layer["outChannels"]
    modules = [nn.Conv2d(in_channels, channels, *window(layer)), nn.ReLU()]
    for mlp_channels in layer.get("mlpChannels", [channels, channels]):
        modules += [nn.Conv2d(channels, mlp_channels, mlp_kernel, padding=mlp_padding), nn.ReLU()]
        channels = mlp_channels
    return nn.Sequential(*modules)


def max_pool2d(layer, _in_channels):
    return nn.MaxPool2d(*window(layer), ceil_mode=layer.get("ceilMode", False))


def avg_pool2d(layer, _in_channels):
    return nn.AvgPool2d(*window(layer), ceil_mode=layer.get("ceilMode", False))


def linear(layer, in_features):
    return nn.Linear(in_features, layer["outFeatures"], bias=layer.get("bias", True))


# Each takes the layer and its input's channels or features.
MAKERS = {
    "ninBlock": nin_block,
    "conv2d": conv2d,
    "relu": lambda _layer, _in_channels: nn.ReLU(),
    "flatten": lambda _layer, _in_channels: nn.Flatten(),
    "globalAvgPool2d": lambda _layer, _in_channels: nn.AdaptiveAvgPool2d(1),
    "maxPool2d": max_pool2d,
    "avgPool2d": avg_pool2d,
    "linear": linear,
}
