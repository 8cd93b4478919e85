"""How far float64 runs drift apart whose weights differ by one float32 rounding, segment by segment.

Needs what trajectory.py left in --states and --trajectory. One JSON object a segment is added to --output: the
largest difference of --runs runs from the oracle's; under `float32`, that of PyTorch's own float32 run, which is what
a right backend may be expected to show. Segments that the file already has are not run again.
"""

import argparse
from pathlib import Path

import torch

from nin_torch.journal import append_record, read_records
from nin_torch.segments import SegmentedRun, add_run_arguments, use_threads

RELATIVE = 2.0**-23


def main():
    options = parse_arguments()
    use_threads(options)
    oracle = SegmentedRun(options, torch.float64)
    float32 = SegmentedRun(options, torch.float32)
    records = {record["first"]: record for record in read_records(options.trajectory)}
    done = {record["first"] for record in read_records(options.output)}
    for first, steps in oracle.segments():
        if first not in done:
            expected = expectation(oracle, records[first], steps)
            append_record(options.output, measure(oracle, float32, expected, options.runs))


def expectation(oracle, record, steps):
    """What the oracle's own run did in a segment."""
    first = record["first"]
    names = [name for name, _ in oracle.run.network.named_parameters()]
    before, after = oracle.load_state(first), oracle.load_state(first + steps)
    return {
        "first": first,
        "steps": steps,
        "names": names,
        "state": before,
        "losses": record["losses"],
        "logits": torch.tensor(record["logits"], dtype=torch.float64),
        "parameters": {name: after[name] for name in names},
        "updates": {name: after[name] - before[name] for name in names},
    }


def measure(oracle, float32, expected, runs):
    state, names = expected["state"], expected["names"]
    segment = (expected["first"], expected["steps"])
    drifts = [
        difference(oracle.train(perturbed(state, names, seed), *segment), expected) for seed in range(runs)
    ]
    return {
        "first": expected["first"],
        "runs": runs,
        "losses": [max(values) for values in zip(*(drift["losses"] for drift in drifts))],
        "logits": max(drift["logits"] for drift in drifts),
        "updates": {name: max(drift["updates"][name] for drift in drifts) for name in names},
        "float32": difference(float32.train(state, *segment), expected),
    }


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


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_run_arguments(parser)
    parser.add_argument("--trajectory", required=True, type=Path, help="what trajectory.py wrote")
    parser.add_argument("--output", required=True, type=Path, help="file of JSON lines to write")
    parser.add_argument("--runs", type=int, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
