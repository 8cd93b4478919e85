"""Initial weights from a recipe's `init` and a seed: bit for bit those of @nin/spec."""

import math

import numpy as np
import torch

from .philox import PURPOSE_BIAS, PURPOSE_WEIGHT, uniforms

PURPOSES = {"weight": PURPOSE_WEIGHT, "bias": PURPOSE_BIAS}


def initial_parameters(network, init, seed):
    """Parameters by name, as float32. `init.overrides` may name layers, or `last`."""
    rules = rule_of(network, init)
    return draw_parameters(
        network,
        lambda name, role, count, ordinal, fans: initial_values(rules(name, role), role, count, ordinal, fans, seed),
    )


def integer_parameters(network, seed):
    """Multiples of 1/4 from -1/2 to 1/2, `(floor(5u) - 2) / 4`: sums of their products are exact in float32."""
    return draw_parameters(
        network,
        lambda _name, role, count, ordinal, _fans: (
            np.floor(5 * uniforms(seed, count, ordinal, 0, PURPOSES[role])) - 2
        )
        / 4,
    )


def draw_parameters(network, draw):
    """`draw(layer's name, role, elements, ordinal, fans)` for every parameter in network order."""
    parameters = {}
    for ordinal, (layer, module) in enumerate(weighted_layers(network)):
        for role, parameter in module.named_parameters(recurse=False):
            values = draw(layer, role, parameter.numel(), ordinal, fans_of(module.weight))
            parameters[f"{layer}.{role}"] = torch.from_numpy(values.astype(np.float32)).reshape(parameter.shape)
    return parameters


def weighted_layers(network):
    return [(name, module) for name, module in network.named_modules() if hasattr(module, "weight")]


def fans_of(weight):
    """(in*kh*kw, out*kh*kw)"""
    window = math.prod(weight.shape[2:])
    return weight.shape[1] * window, weight.shape[0] * window


def rule_of(network, init):
    last = weighted_layers(network)[-1][0]

    def rule(layer, role):
        overrides = init.get("overrides", {})
        from_last = overrides.get("last", {}).get(role) if layer == last else None
        own = overrides.get(layer, {}).get(role)
        return next(found for found in (own, from_last, init[role]) if found is not None)

    return rule


def initial_values(rule, role, count, ordinal, fans, seed):
    # Not drawn with a bound of 0, which would give negative zeros too.
    if rule == "zeros" or not isinstance(rule, str):
        return np.full(count, 0.0 if rule == "zeros" else float(rule))
    fan_in, fan_out = fans
    bounds = {
        "xavierUniform": math.sqrt(6 / (fan_in + fan_out)),
        "heUniform": math.sqrt(6 / fan_in),
        "uniformFanIn": 1 / math.sqrt(fan_in),
    }
    return (2 * uniforms(seed, count, ordinal, 0, PURPOSES[role]) - 1) * bounds[rule]
