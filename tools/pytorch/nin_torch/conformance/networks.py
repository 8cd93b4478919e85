"""PyTorch's float64 answers for a network: every layer's output, loss and gradients."""

import torch
import torch.nn.functional as F

from ..architecture import build, input_shape
from ..fixture_tensors import kept
from ..initialization import initial_parameters, integer_parameters
from ..margin import MarginMeter
from ..perturbation import ratio_of_norms
from ..synthetic import integer_input, labels, uniform_input

# Of the 1.5 million values of a full network some are nearer to 0; several float32 roundings are kept away from.
MIN_MARGINS = {"small": 1e-5, "full": 3e-6}
MAX_DRAWS = 500


def network_answers(plan):
    """Drawn anew, with the next seed, until the batch is away from every kink and every parameter counts."""
    for seed in range(plan.seed, plan.seed + MAX_DRAWS):
        right = run(plan, seed, torch.float64)
        away = plan.values == "integers" or right["margin"] >= MIN_MARGINS[plan.size]
        if away and alive(right):
            return answers(plan, seed, right, float32_differences(run(plan, seed, torch.float32), right))
    raise RuntimeError(f"{plan.architecture['name']}: no batch away from every kink in {MAX_DRAWS} draws")


def alive(right):
    """Whether at least half of the scores are not 0, and no parameter's gradient is: a dead network proves nothing."""
    scores = list(right["activations"].values())[-1]
    moved = all(gradient.any() for gradient in right["gradients"].values())
    return moved and (scores != 0).double().mean() >= 0.5


def run(plan, seed, dtype):
    network = build(plan.architecture)
    if plan.values == "integers":
        parameters, draw_input = integer_parameters(network, seed), integer_input
    else:
        parameters, draw_input = initial_parameters(network, plan.init, seed), uniform_input
    network.load_state_dict(parameters)
    network.to(dtype).eval()
    meter = MarginMeter(network)
    output = draw_input((plan.batch, *input_shape(plan.architecture)), seed).to(dtype)
    activations = {}
    for position, module in enumerate(network.net):
        output = module(output)
        activations[f"net.{position}"] = output
    loss = F.cross_entropy(output, torch.from_numpy(labels(plan.batch, output.shape[1], seed)).long())
    loss.backward()
    return {
        "margin": meter.smallest,
        "activations": activations,
        "loss": loss.item(),
        "gradients": {name: parameter.grad for name, parameter in network.named_parameters()},
    }


def float32_differences(float32, right):
    """Relative L2 of each tensor, and the loss's relative difference: what a right float32 program may show."""

    def differences(group):
        return {
            name: ratio_of_norms(float32[group][name].detach().double() - tensor.detach(), tensor.detach())
            for name, tensor in right[group].items()
        }

    return {
        "activations": differences("activations"),
        "loss": abs(float32["loss"] - right["loss"]) / right["loss"],
        "gradients": differences("gradients"),
    }


def answers(plan, seed, right, float32):
    return {
        "architecture": plan.architecture,
        "data": {"seed": seed, "batch": plan.batch, "values": plan.values, "init": plan.init},
        "size": plan.size,
        # Windows with equal maxima have none.
        "margin": right["margin"] if plan.values == "uniform" else None,
        "activations": {name: kept(tensor) for name, tensor in right["activations"].items()},
        "loss": right["loss"],
        "gradients": {name: kept(tensor) for name, tensor in right["gradients"].items()},
        "float32": float32,
    }
