"""Writes what PyTorch counts of the built-in networks and of those of the studies, for the tests of @nin/spec.

    python tools/pytorch/resource_fixtures.py > packages/spec/fixtures/pytorch-resources.json

The networks are plain torch modules (nin_torch/plain_networks.py) on the `meta` device, which knows shapes and computes
nothing. Multiply-accumulates are counted twice: from the tensors that hooks see, and by PyTorch's own counter.
"""

import json

import torch
import torch.nn.functional as F
from nin_torch import plain_networks as plain
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

FLOAT_BYTES = 4
FAMILY = {
    "nin-xs": (16, (1, 1, 1)),
    "nin-s": (24, (1, 1, 2)),
    "nin-m": (48, (1, 2, 2)),
    "nin-l": (64, (2, 2, 3)),
    "nin-xl": (96, (2, 3, 3)),
}


def networks():
    """Each network with its name, a built-in's or a file's in studies/architectures, and the size of its images."""
    for convolutions in range(5):
        yield f"nin?mlpConvs={convolutions}", 224, plain.nin(convolutions)
        yield f"nin-mnist?mlpConvs={convolutions}", 28, plain.nin_mnist(convolutions)
    for convolutions in (1, 2):
        options = f"mlpConvs={convolutions}&mlpKernelSize=3"
        yield f"nin?{options}", 224, plain.nin(convolutions, mlp_kernel=3)
        yield f"nin-mnist?{options}", 28, plain.nin_mnist(convolutions, mlp_kernel=3)
    yield "nin?head=linear", 224, plain.nin(linear_head=True)
    yield "nin-mnist?head=linear", 28, plain.nin_mnist(linear_head=True)
    yield "alexnet", 224, plain.alexnet(256 * 5 * 5)
    yield "alexnet?size=80", 80, plain.alexnet(256)
    yield "vgg11", 224, plain.vgg11(512 * 7 * 7)
    yield "vgg11?size=32", 32, plain.vgg11(512)
    for name, member in FAMILY.items():
        yield name, 28, plain.family_member(*member)
        yield f"{name}?size=224", 224, plain.family_member(*member, stem=True)
    small, large = plain.nin_mnist_features(), plain.nin_features()
    end = plain.global_average()
    yield "nin-mnist-linear-on-features.json", 28, [*small, *plain.one_linear(48 * 7 * 7)]
    yield "nin-mnist-4096-4096.json", 28, [*small, *plain.fully_connected(48 * 7 * 7)]
    yield "nin-mnist-direct.json", 28, [*small, plain.nin_block(48, 10, 5, padding=2), *end]
    yield "nin-mnist-gradual.json", 28, [*small, plain.nin_block(48, 32, 5, padding=2, mlp=[16, 10]), *end]
    yield "nin-linear-on-features.json", 224, [*large, *plain.one_linear(384 * 5 * 5)]
    yield "nin-4096-4096.json", 224, [*large, *plain.fully_connected(384 * 5 * 5)]
    yield "nin-gradual.json", 224, [*large, plain.nin_block(384, 128, 3, padding=1, mlp=[32, 10]), *end]
    yield "nin-late.json", 224, [*large, plain.nin_block(384, 384, 3, padding=1, mlp=[384, 10]), *end]


class Counts:
    """What the hooks of a forward pass of one image see."""

    def __init__(self):
        self.macs = 0
        self.output_elements = 0
        self.most_at_a_time = 0

    def __call__(self, module, inputs, output):
        (given,) = inputs
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            self.macs += output.numel() * module.weight[0].numel()
        # Of a view, and of dropout that does nothing, the output is the input's memory.
        shares_memory = output.untyped_storage()._cdata == given.untyped_storage()._cdata
        added = 0 if shares_memory else output.numel()
        self.output_elements += added
        self.most_at_a_time = max(self.most_at_a_time, given.numel() + added)


def counted(network, image):
    counts = Counts()
    leaves = [module for module in network.modules() if not list(module.children())]
    hooks = [module.register_forward_hook(counts) for module in leaves]
    scores = network(image)
    for hook in hooks:
        hook.remove()
    return counts, scores


def facts(layers, size):
    network = nn.Sequential(*layers).to("meta")
    image = torch.empty(1, 1, size, size, device="meta")
    with FlopCounterMode(display=False) as forward:
        training, scores = counted(network.train(), image)
    if tuple(scores.shape) != (1, 10) or forward.get_total_flops() != 2 * training.macs:
        raise AssertionError(f"shape {tuple(scores.shape)}, {forward.get_total_flops()} flops, {training.macs} MACs")
    with FlopCounterMode(display=False) as both:
        F.cross_entropy(network(image), torch.zeros(1, dtype=torch.int64, device="meta")).backward()
    with torch.no_grad():
        inference, _ = counted(network.eval(), image)
    return {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "macs": training.macs,
        "trainingMacs": both.get_total_flops() // 2,
        "activationBytes": FLOAT_BYTES * training.output_elements,
        "peakActivationBytes": FLOAT_BYTES * inference.most_at_a_time,
    }


if __name__ == "__main__":
    rows = [json.dumps({"network": name, **facts(layers, size)}) for name, size, layers in networks()]
    version = torch.__version__.split("+")[0]
    print(f'{{\n  "torch": "{version}",\n  "networks": [\n    ' + ",\n    ".join(rows) + "\n  ]\n}")
