"""A torch module from an architecture in our JSON form ("format": "nin-architecture")."""

import json
from pathlib import Path

from torch import nn

from .dropout import CounterDropout


class Network(nn.Sequential):
    """The layers under the state-dict names of our files: `net.0.0.weight`."""

    def __init__(self, layers):
        super().__init__()
        self.net = nn.Sequential(*layers)

    def forward(self, images):
        return self.net(images)


def read_architecture(path):
    """The parsed JSON of an architecture file."""
    architecture = json.loads(Path(path).read_text())
    if architecture.get("format") != "nin-architecture":
        raise ValueError(f'{path}: expected "format": "nin-architecture", got {architecture.get("format")!r}')
    return architecture


def build(architecture, make_dropout=CounterDropout):
    """The network with PyTorch's own initial weights. `make_dropout(rate, position)` makes a dropout."""
    source = architecture["input"]
    shape = (source["channels"], source["height"], source["width"])
    layers = []
    for position, layer in enumerate(architecture["layers"]):
        module, shape = BUILDERS[layer["kind"]](layer, shape, position, make_dropout)
        layers.append(module)
    return Network(layers)


def input_shape(architecture):
    """[channels, height, width] of an image."""
    return [architecture["input"][axis] for axis in ("channels", "height", "width")]


def class_count(network):
    """The scores per image: what the last weighted layer gives."""
    weights = [parameter for name, parameter in network.named_parameters() if name.endswith("weight")]
    return weights[-1].shape[0]


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def window(layer):
    return pair(layer["kernelSize"]), pair(layer.get("stride", 1)), pair(layer.get("padding", 0))


def output_size(size, kernel, stride, padding, ceil_mode=False):
    room = size + 2 * padding - kernel
    if not ceil_mode:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= size + padding else count


def slide(layer, shape, channels):
    kernel, stride, padding = window(layer)
    ceil_mode = layer.get("ceilMode", False)
    sizes = [output_size(*axis, ceil_mode) for axis in zip(shape[1:], kernel, stride, padding)]
    return (channels, *sizes)


def conv2d(layer, shape, _position, _make_dropout):
    kernel, stride, padding = window(layer)
    channels = layer["outChannels"]
    module = nn.Conv2d(shape[0], channels, kernel, stride, padding, bias=layer.get("bias", True))
    return module, slide(layer, shape, channels)


def nin_block(layer, shape, position, make_dropout):
    first = {key: layer[key] for key in ("outChannels", "kernelSize", "stride", "padding") if key in layer}
    mlp_kernel = pair(layer.get("mlpKernelSize", 1))
    mlp_padding = [(size - 1) // 2 for size in mlp_kernel]
    mlp_channels = layer.get("mlpChannels", [layer["outChannels"]] * 2)
    convolutions = [first] + [
        {"outChannels": channels, "kernelSize": mlp_kernel, "padding": mlp_padding} for channels in mlp_channels
    ]
    modules = []
    for convolution in convolutions:
        module, shape = conv2d(convolution, shape, position, make_dropout)
        modules += [module, nn.ReLU()]
    return nn.Sequential(*modules), shape


def max_pool2d(layer, shape, _position, _make_dropout):
    return nn.MaxPool2d(*window(layer), ceil_mode=layer.get("ceilMode", False)), slide(layer, shape, shape[0])


def avg_pool2d(layer, shape, _position, _make_dropout):
    return nn.AvgPool2d(*window(layer), ceil_mode=layer.get("ceilMode", False)), slide(layer, shape, shape[0])


def linear(layer, shape, _position, _make_dropout):
    features = layer["outFeatures"]
    return nn.Linear(shape[0], features, bias=layer.get("bias", True)), (features,)


def flatten(_layer, shape, _position, _make_dropout):
    features = 1
    for extent in shape:
        features *= extent
    return nn.Flatten(), (features,)


BUILDERS = {
    "ninBlock": nin_block,
    "conv2d": conv2d,
    "relu": lambda _layer, shape, _position, _make_dropout: (nn.ReLU(), shape),
    "flatten": flatten,
    "globalAvgPool2d": lambda _layer, shape, _position, _make_dropout: (nn.AdaptiveAvgPool2d(1), (shape[0], 1, 1)),
    "maxPool2d": max_pool2d,
    "avgPool2d": avg_pool2d,
    "dropout": lambda layer, shape, position, make_dropout: (make_dropout(layer["rate"], position), shape),
    "linear": linear,
}
