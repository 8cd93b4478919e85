"""A recipe in our JSON form ("format": "nin-recipe") as a torch optimizer and learning rates."""

import json
import math
from pathlib import Path

import numpy as np
import torch


def read_recipe(path):
    """The parsed JSON of a recipe file."""
    recipe = json.loads(Path(path).read_text())
    for field, expected in (("format", "nin-recipe"), ("version", 1)):
        if recipe.get(field) != expected:
            raise ValueError(f"{path}: {field}: expected {expected!r}, got {recipe.get(field)!r}")
    return recipe


def make_optimizer(options, parameters, **implementation):
    """SGD or AdamW from a recipe's `optimizer`. `implementation` is PyTorch's own: fused, foreach."""
    shared = {"lr": options["learningRate"], "weight_decay": options.get("weightDecay", 0), **implementation}
    if options["kind"] == "sgd":
        return torch.optim.SGD(parameters, momentum=options.get("momentum", 0), **shared)
    return torch.optim.AdamW(
        parameters,
        betas=(options.get("beta1", 0.9), options.get("beta2", 0.999)),
        eps=options.get("epsilon", 1e-8),
        **shared,
    )


def learning_rate_at(recipe, step, total_steps):
    """The rate of a step (from 0) of the whole run, in float64 and then rounded to float32."""
    base = recipe["optimizer"]["learningRate"]
    warmup = recipe["schedule"].get("warmupSteps", 0)
    if step < warmup:
        rate = base * (step + 1) / warmup
    elif recipe["schedule"]["kind"] == "constant":
        rate = base
    else:
        rate = base / 2 * (1 + math.cos(math.pi * (step - warmup) / (total_steps - warmup)))
    return float(np.float32(rate))
