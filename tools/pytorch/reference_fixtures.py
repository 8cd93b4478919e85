"""Writes PyTorch's float64 answers, and Pillow's resized images, that the tests of @nin/backend-reference compare with.

    python reference_fixtures.py > ../../packages/backend-reference/fixtures/pytorch.json
"""

import json
import sys

import numpy
import PIL
import torch
import torch.nn.functional as F
from PIL import Image

from nin_torch.fixture_tensors import flat
from nin_torch.recipe import make_optimizer

# Kernels, strides and padding where windows overlap, leave gaps, run past the input in ceil mode,
# or would start in the right padding (and so do not exist).
POOLS = [
    {"kernelSize": [3, 3], "stride": [2, 2], "padding": [0, 0], "ceilMode": False},
    {"kernelSize": [3, 3], "stride": [2, 2], "padding": [0, 0], "ceilMode": True},
    {"kernelSize": [3, 2], "stride": [2, 3], "padding": [1, 1], "ceilMode": True},
    {"kernelSize": [2, 4], "stride": [3, 3], "padding": [1, 2], "ceilMode": True},
    {"kernelSize": [2, 2], "stride": [5, 4], "padding": [0, 0], "ceilMode": True},
    {"kernelSize": [5, 3], "stride": [1, 1], "padding": [2, 0], "ceilMode": False},
]
CONVOLUTIONS = [
    {"kernelSize": [3, 3], "stride": [1, 1], "padding": [1, 1], "bias": True},
    {"kernelSize": [2, 3], "stride": [3, 2], "padding": [0, 2], "bias": True},
    {"kernelSize": [1, 1], "stride": [2, 1], "padding": [0, 0], "bias": False},
    {"kernelSize": [5, 4], "stride": [4, 4], "padding": [3, 3], "bias": True},
]
# [height, width] before and after: both axes larger, smaller, mixed, and one left as it is.
RESIZES = [
    ([5, 4], [7, 9]),
    ([9, 8], [4, 5]),
    ([3, 6], [6, 3]),
    ([4, 4], [4, 9]),
    ([4, 5], [8, 5]),
]
OPTIMIZERS = [
    {"kind": "sgd", "learningRate": 0.1, "momentum": 0.0, "weightDecay": 0.0},
    {"kind": "sgd", "learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.0},
    {"kind": "sgd", "learningRate": 0.05, "momentum": 0.8, "weightDecay": 0.01},
    {"kind": "adamw", "learningRate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.0},
    {"kind": "adamw", "learningRate": 0.03, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.1},
]


def integers(generator, *shape):
    """Few values, so that windows have equal maxima."""
    return torch.randint(-2, 3, shape, generator=generator).double().requires_grad_()


def pool_case(generator, kind, layer):
    input = integers(generator, 1, 2, 9, 8)
    arguments = (layer["kernelSize"], layer["stride"], layer["padding"])
    function = F.max_pool2d if kind == "maxPool2d" else F.avg_pool2d
    output = function(input, *arguments, ceil_mode=layer["ceilMode"])
    gradient = integers(generator, *output.shape).detach()
    output.backward(gradient)
    return {
        "layer": {"kind": kind, **layer},
        "input": flat(input),
        "output": flat(output),
        "outputGradient": flat(gradient),
        "inputGradient": flat(input.grad),
    }


def convolution_case(generator, layer):
    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)

    input = normal(2, 2, 8, 7)
    weight = normal(3, 2, *layer["kernelSize"])
    bias = normal(3) if layer["bias"] else None
    output = F.conv2d(input, weight, bias, layer["stride"], layer["padding"])
    gradient = torch.randn(output.shape, generator=generator, dtype=torch.float64)
    output.backward(gradient)
    return {
        "layer": {"kind": "conv2d", "outChannels": 3, **layer},
        "input": flat(input),
        "weight": flat(weight),
        **({} if bias is None else {"bias": flat(bias), "biasGradient": flat(bias.grad)}),
        "output": flat(output),
        "outputGradient": flat(gradient),
        "inputGradient": flat(input.grad),
        "weightGradient": flat(weight.grad),
    }


def optimizer_case(generator, options):
    """Five steps with given gradients; the rate is halved after the third."""
    weight = torch.randn(3, generator=generator, dtype=torch.float64, requires_grad=True)
    optimizer = make_optimizer(options, [weight])
    initial = weight.detach().tolist()
    steps = []
    for step in range(5):
        rate = options["learningRate"] * (1 if step < 3 else 0.5)
        optimizer.param_groups[0]["lr"] = rate
        weight.grad = torch.randn(3, generator=generator, dtype=torch.float64)
        optimizer.step()
        steps.append({"learningRate": rate, "gradient": weight.grad.tolist(), "weight": weight.detach().tolist()})
    return {"optimizer": options, "initial": initial, "steps": steps}


def resize_case(generator, source, target):
    """Bytes with many zeros and 255s, where rounding could leave the range."""
    noise = torch.randint(-100, 356, source, generator=generator).clamp(0, 255)
    image = Image.fromarray(noise.numpy().astype(numpy.uint8))
    resized = numpy.asarray(image.resize((target[1], target[0]), Image.BILINEAR))
    return {
        "source": source,
        "target": target,
        "bytes": numpy.asarray(image).flatten().tolist(),
        "resized": resized.flatten().tolist(),
    }


def main():
    generator = torch.Generator().manual_seed(20130312)
    answers = {
        "about": f"PyTorch {torch.__version__} in float64, Pillow {PIL.__version__}; written by tools/pytorch/reference_fixtures.py",
        "pools": [
            pool_case(generator, kind, layer) for kind in ("maxPool2d", "avgPool2d") for layer in POOLS
        ],
        "convolutions": [convolution_case(generator, layer) for layer in CONVOLUTIONS],
        "optimizers": [optimizer_case(generator, options) for options in OPTIMIZERS],
        "resizes": [resize_case(generator, *sizes) for sizes in RESIZES],
    }
    json.dump(answers, sys.stdout)
    print()


if __name__ == "__main__":
    main()
