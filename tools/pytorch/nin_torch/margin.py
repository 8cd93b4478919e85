"""How far forward passes are from a kink, where two right answers in finite precision may differ."""

import torch
from torch import nn


class MarginMeter:
    """The smallest margin of all forward passes of a network from now on, as `@nin/backend-reference` defines it.

    For a ReLU the smallest |input|, for a max pool the smallest gap between a window's two largest elements, each
    over the root mean square of the layer's input; exact zeros are left out.
    """

    def __init__(self, network):
        self.smallest = float("inf")
        for module in network.modules():
            if isinstance(module, (nn.ReLU, nn.MaxPool2d)):
                module.register_forward_hook(self.measure)

    def measure(self, module, inputs, output):
        input = inputs[0].detach()
        distance = smallest_magnitude(input) if isinstance(module, nn.ReLU) else smallest_gap(module, input, output)
        # Zeros alone are at no distance, and have no size to measure it by.
        if distance < float("inf"):
            self.smallest = min(self.smallest, distance / input.square().mean().sqrt().item())


def smallest_magnitude(values):
    magnitudes = values[values != 0].abs()
    return magnitudes.min().item() if magnitudes.numel() > 0 else float("inf")


def smallest_gap(pool, input, output):
    """Padding is minus infinity: the gap of a window with one element is infinite."""
    (kernel_height, kernel_width), (stride_y, stride_x), (top, left) = pool.kernel_size, pool.stride, pool.padding
    # A window in ceil mode may end past the input, or end before it.
    bottom = (output.shape[2] - 1) * stride_y + kernel_height - input.shape[2] - top
    right = (output.shape[3] - 1) * stride_x + kernel_width - input.shape[3] - left
    padded = nn.functional.pad(input, (left, right, top, bottom), value=float("-inf"))
    windows = padded.unfold(2, kernel_height, stride_y).unfold(3, kernel_width, stride_x).flatten(4)
    if windows.shape[-1] < 2:
        return float("inf")
    first, second = windows.topk(2, dim=-1).values.unbind(-1)
    gaps = (first - second)[(first != 0) | (second != 0)]
    return gaps.min().item() if gaps.numel() > 0 else float("inf")
