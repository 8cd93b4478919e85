"""How far runs drift apart whose initial weights differ by one float32 rounding."""

import torch

RELATIVE = 2.0**-23


def perturbed(state, names, seed):
    """The state with every parameter's elements up or down by 2^-23 of themselves."""
    generator = torch.Generator().manual_seed(seed)
    changed = dict(state)
    for name in names:
        signs = 2 * torch.randint(0, 2, state[name].shape, generator=generator) - 1
        changed[name] = state[name].double() * (1 + RELATIVE * signs)
    return changed


def difference(actual, expected):
    """Relative differences of every loss and of the logits, and of each parameter's update.

    All runs' updates are measured from the oracle's start: an update's difference is how far apart the parameters
    end, relative to how far the oracle moved them.
    """
    pairs = zip(actual["losses"], expected["losses"])
    return {
        "losses": [abs(loss - right) / abs(right) for loss, right in pairs],
        "logits": ratio_of_norms(actual["logits"].double() - expected["logits"], expected["logits"]),
        "updates": {
            name: ratio_of_norms(actual["parameters"][name].double() - expected["parameters"][name], update)
            for name, update in expected["updates"].items()
        },
    }


def ratio_of_norms(error, size):
    return (error.norm() / size.norm().clamp_min(1e-300)).item()


def largest_differences(differences):
    """The largest of several runs' differences, number by number: their spread."""
    return {
        "losses": [max(values) for values in zip(*(one["losses"] for one in differences))],
        "logits": max(one["logits"] for one in differences),
        "updates": {
            name: max(one["updates"][name] for one in differences) for name in differences[0]["updates"]
        },
    }
