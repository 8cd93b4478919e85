"""Dropout with the mask that every backend of this repository uses."""

import torch
from torch import nn

from .philox import dropout_mask, dropout_scale


class CounterDropout(nn.Module):
    """Keeps what `dropout_mask` says for (`seed`, its position in `layers`, `step`); set both before a step."""

    def __init__(self, rate, position):
        super().__init__()
        self.rate = rate
        self.position = position
        self.seed = 0
        self.step = 0

    def forward(self, input):
        if not self.training:
            return input
        kept = dropout_mask(self.seed, self.position, self.step, self.rate, input.numel())
        mask = torch.from_numpy(kept).reshape(input.shape).to(input.device)
        return torch.where(mask, input * dropout_scale(self.rate), torch.zeros_like(input))


def set_step(network, seed, step):
    """Tells every dropout of a network which step it is in."""
    for module in network.modules():
        if isinstance(module, CounterDropout):
            module.seed, module.step = seed, step
