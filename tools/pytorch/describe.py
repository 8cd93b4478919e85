"""What nin_torch makes of a request, for `measure agreement` to compare with @nin/spec and @nin/data.

Reads the request as JSON from stdin and writes the answer as JSON to stdout; long results as SHA-256.
"""

import hashlib
import json
import sys

import numpy as np
import torch

from nin_torch.architecture import build, input_shape
from nin_torch.fashion_mnist import read_split, resize, to_input
from nin_torch.initialization import initial_parameters
from nin_torch.philox import dropout_mask, dropout_scale, philox, shuffled_indices
from nin_torch.recipe import learning_rate_at


def main():
    request = json.load(sys.stdin)
    answer = {
        "words": [words(*counter) for counter in request["words"]],
        "shuffles": [sha256(shuffled_indices(*shuffle), "<u4") for shuffle in request["shuffles"]],
        "masks": [sha256(dropout_mask(*mask), np.uint8) for mask in request["masks"]],
        "dropoutScales": [dropout_scale(rate) for rate in request["dropoutScales"]],
        "learningRates": [learning_rates(request["totalSteps"], recipe) for recipe in request["recipes"]],
        "architectures": [describe(architecture) for architecture in request["architectures"]],
        "initialWeights": [initial_weights(*about) for about in request["initialWeights"]],
        "images": [images(request["data"], *about) for about in request["images"]],
    }
    json.dump(answer, sys.stdout)


def words(seed, *counter):
    first, index, time, purpose = counter
    return philox(seed, [first], index, time, purpose)[0].tolist()


def learning_rates(total_steps, recipe):
    return [learning_rate_at(recipe, step, total_steps) for step in range(total_steps)]


def describe(architecture):
    """Parameter shapes, and the shape after each of `layers` at batch 1, as torch realizes them."""
    network = build(architecture).eval()
    output = torch.zeros(1, *input_shape(architecture))
    shapes = []
    with torch.no_grad():
        for module in network.net:
            output = module(output)
            shapes.append(list(output.shape))
    parameters = {name: list(parameter.shape) for name, parameter in network.named_parameters()}
    return {"parameters": parameters, "outputShapes": shapes}


def initial_weights(architecture, init, seed):
    return {
        name: sha256(parameter.numpy(), "<f4")
        for name, parameter in initial_parameters(build(architecture), init, seed).items()
    }


def images(folder, count, architecture, preprocessing):
    """The first test images as resized bytes, and as the network's input (float32)."""
    source, labels = read_split(folder, "t10k", count)
    _, height, width = input_shape(architecture)
    resized = np.stack([resize(image, height, width) for image in source])
    numbers = to_input(source[:1], architecture, preprocessing).astype(np.float32)
    return {
        "labels": sha256(labels, np.uint8),
        "bytes": sha256(resized, np.uint8),
        "input": numbers.ravel()[:: max(1, numbers.size // 1000)].tolist(),
    }


def sha256(array, dtype):
    return hashlib.sha256(np.ascontiguousarray(array).astype(dtype).tobytes()).hexdigest()


if __name__ == "__main__":
    main()
