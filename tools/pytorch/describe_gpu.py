"""The GPU and its libraries, and what TF32 does to PyTorch's products there, as JSON."""

import json
import sys

import torch
import torch.nn.functional as F


def main(device):
    gpu = {
        "torchCuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version() if torch.backends.cudnn.is_available() else None,
    }
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        gpu["gpu"] = properties.name
        gpu["computeCapability"] = f"{properties.major}.{properties.minor}"
        gpu["multiprocessors"] = properties.multi_processor_count
        gpu["memoryBytes"] = properties.total_memory
    print(json.dumps({**gpu, "pytorchErrors": {"off": errors(device, False), "on": errors(device, True)}}))


def errors(device, tf32):
    """Relative L2 errors of a product and a convolution: some 1e-7 in float32, some 3e-4 with TF32."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    generator = torch.Generator().manual_seed(1)
    a, b = (torch.randn(256, 256, generator=generator, dtype=torch.float64) for _ in range(2))
    images = torch.randn(4, 64, 24, 24, generator=generator, dtype=torch.float64)
    kernels = torch.randn(64, 64, 3, 3, generator=generator, dtype=torch.float64)
    return {
        "product": error_of(torch.matmul, (a, b), device),
        "convolution": error_of(F.conv2d, (images, kernels), device),
    }


def error_of(function, operands, device):
    # Operands that float32 holds exactly, so that only the product is rounded.
    exact = [operand.float().double() for operand in operands]
    expected = function(*exact)
    actual = function(*(operand.float().to(device) for operand in exact)).double().cpu()
    return ((actual - expected).norm() / expected.norm()).item()


if __name__ == "__main__":
    main(sys.argv[1])
