"""Writes what PyTorch says of architectures, and Pillow of resized rows, for the tests of @nin/spec.

    node fixture-request.mjs | python pytorch-fixtures.py ../fixtures
"""

import json
import random
import sys
from pathlib import Path

import PIL
import torch
from PIL import Image
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

RESIZES = [(28, 224), (28, 32), (28, 96), (28, 20), (28, 14), (28, 27), (28, 29), (32, 28), (96, 28)]
RESIZES += [(1, 1), (1, 7), (7, 1), (2, 3), (3, 2), (5, 4), (13, 13), (13, 29), (29, 13), (224, 28), (11, 227)]


def main():
    request = json.load(sys.stdin)
    folder = Path(sys.argv[1])
    write(folder / "pytorch-architectures.json", {
        "torch": torch.__version__.split("+")[0],
        "builtins": [{"reference": item["reference"], **facts(item["json"])} for item in request["builtins"]],
        "random": [{"json": architecture, **facts(architecture)} for architecture in request["random"]],
    })
    generator = random.Random(1)
    write(folder / "pillow-rows.json", {
        "pillow": PIL.__version__,
        "rows": [resized_row([generator.randrange(256) for _ in range(size)], to) for size, to in RESIZES],
    })


def write(path, content):
    """One array element a line, to keep differences readable."""
    fields = [f'  "{name}": {lines(value)}' for name, value in content.items()]
    path.write_text("{\n" + ",\n".join(fields) + "\n}\n")


def lines(value):
    if not isinstance(value, list):
        return json.dumps(value)
    return "[\n" + ",\n".join("    " + json.dumps(item, separators=(",", ":")) for item in value) + "\n  ]"


def facts(architecture):
    """Each layer's output shape for a batch of one, every parameter's shape, multiply-accumulates."""
    dimensions = architecture["input"]
    x = torch.zeros(1, dimensions["channels"], dimensions["height"], dimensions["width"], device="meta")
    net, shapes = nn.Sequential(), []
    with FlopCounterMode(display=False) as flops:
        for layer in architecture["layers"]:
            module = MODULES[layer["kind"]](layer, x.shape[1]).to("meta")
            net.append(module)
            x = module(x)
            shapes.append(list(x.shape))
    parameters = {f"net.{name}": list(tensor.shape) for name, tensor in net.state_dict().items()}
    return {"shapes": shapes, "parameters": parameters, "macs": flops.get_total_flops() // 2}


def pair(size):
    return tuple(size) if isinstance(size, list) else (size, size)


def window(layer):
    return {
        "kernel_size": pair(layer["kernelSize"]),
        "stride": pair(layer.get("stride", 1)),
        "padding": pair(layer.get("padding", 0)),
    }


def convolution(layer, channels):
    return nn.Conv2d(channels, layer["outChannels"], bias=layer.get("bias", True), **window(layer))


def nin_block(layer, channels):
    out = layer["outChannels"]
    size = pair(layer.get("mlpKernelSize", 1))
    block = nn.Sequential(nn.Conv2d(channels, out, **window(layer)), nn.ReLU())
    for following in layer.get("mlpChannels", [out, out]):
        block.append(nn.Conv2d(out, following, size, padding=tuple(extent // 2 for extent in size)))
        block.append(nn.ReLU())
        out = following
    return block


def pool(module):
    return lambda layer, _: module(**window(layer), ceil_mode=layer.get("ceilMode", False))


MODULES = {
    "ninBlock": nin_block,
    "conv2d": convolution,
    "relu": lambda *_: nn.ReLU(),
    "flatten": lambda *_: nn.Flatten(),
    "globalAvgPool2d": lambda *_: nn.AdaptiveAvgPool2d(1),
    "maxPool2d": pool(nn.MaxPool2d),
    "avgPool2d": pool(nn.AvgPool2d),
    "dropout": lambda layer, _: nn.Dropout(layer["rate"]),
    "linear": lambda layer, features: nn.Linear(features, layer["outFeatures"], bias=layer.get("bias", True)),
}


def resized_row(row, size):
    image = Image.frombytes("L", (len(row), 1), bytes(row))
    return {"input": row, "output": list(image.resize((size, 1), Image.Resampling.BILINEAR).tobytes())}


main()
