"""Writes what PyTorch says of pools: sizes of every small one, values of those whose kernel is larger than their input.

    python pool_fixtures.py shapes > ../../packages/spec/fixtures/pytorch-pool-shapes.json
    python pool_fixtures.py values > ../../packages/backend-reference/fixtures/pytorch-large-kernels.json
"""

import json
import sys

import torch
import torch.nn.functional as F

EXTENTS = range(1, 9)
# [kernel size, stride, padding, input size], along height and width: beyond an axis, beyond both, beyond what is padded.
LARGE_KERNELS = [
    ([3, 3], [2, 2], [0, 0], [2, 2]),
    ([4, 4], [4, 4], [0, 0], [1, 1]),
    ([5, 2], [3, 1], [1, 0], [2, 4]),
    ([2, 5], [2, 3], [1, 1], [5, 2]),
    ([6, 7], [4, 5], [2, 1], [1, 3]),
    ([3, 4], [3, 2], [1, 0], [2, 3]),
]


def count(extent, kernel, stride, padding, ceil_mode):
    """Windows along an axis; 0 where PyTorch refuses."""
    try:
        image = torch.zeros(1, 1, extent, extent)
        return F.max_pool2d(image, kernel, stride, padding, ceil_mode=ceil_mode).shape[-1]
    except RuntimeError:
        return 0


def shapes():
    rows = []
    for kernel in range(1, 8):
        for stride in range(1, 6):
            for padding in range(kernel // 2 + 1):
                floor, ceil = (
                    [count(extent, kernel, stride, padding, mode) for extent in EXTENTS] for mode in (False, True)
                )
                rows.append({"kernel": kernel, "stride": stride, "padding": padding, "floor": floor, "ceil": ceil})
    return {"extents": list(EXTENTS), "pools": rows}


def flat(tensor):
    return {"shape": list(tensor.shape), "data": tensor.flatten().tolist()}


def values():
    pools = []
    for kernel, stride, padding, size in LARGE_KERNELS:
        # Whole numbers, no two alike.
        elements = 2 * size[0] * size[1]
        numbers = [(7 * i) % elements - elements // 2 for i in range(elements)]
        for kind, pool in (("maxPool2d", F.max_pool2d), ("avgPool2d", F.avg_pool2d)):
            image = torch.tensor(numbers, dtype=torch.float64).reshape(1, 2, *size).requires_grad_()
            output = pool(image, kernel, stride, padding, ceil_mode=True)
            given = torch.arange(1, output.numel() + 1, dtype=torch.float64).reshape(output.shape)
            output.backward(given)
            pools.append(
                {
                    "layer": {
                        "kind": kind,
                        "kernelSize": kernel,
                        "stride": stride,
                        "padding": padding,
                        "ceilMode": True,
                    },
                    "input": flat(image.detach()),
                    "output": flat(output.detach()),
                    "outputGradient": flat(given),
                    "inputGradient": flat(image.grad),
                }
            )
    return {"pools": pools}


if __name__ == "__main__":
    answer = {"shapes": shapes, "values": values}[sys.argv[1]]()
    print(json.dumps({"torch": torch.__version__.split("+")[0], **answer}))
