"""The versions that a measurement's result names, as JSON."""

import json
import platform

import numpy
import torch

print(
    json.dumps(
        {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": numpy.__version__,
            "cpuCapability": torch.backends.cpu.get_cpu_capability(),
        }
    )
)
