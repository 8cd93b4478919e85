"""How far float64 runs drift apart whose weights differ by one float32 rounding, segment by segment.

Needs what trajectory.py left in --states. One JSON object a segment is added to --output: the largest difference of
--runs runs from the unperturbed one; under `float32`, that of PyTorch's own float32 run, which is what a right
backend may be expected to show. Segments that the file already has are not run again.
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
    done = {record["first"] for record in read_records(options.output)}
    for segment in oracle.segments():
        if segment[0] not in done:
            append_record(options.output, measure(oracle, float32, segment, options.runs))


def measure(oracle, float32, segment, runs):
    first, steps = segment
    state = oracle.load_state(first)
    names = [name for name, _ in oracle.run.network.named_parameters()]
    base = oracle.train(state, first, steps)
    drifts = [
        difference(oracle.train(perturbed(state, names, seed), first, steps), base) for seed in range(runs)
    ]
    return {
        "first": first,
        "runs": runs,
        "losses": [max(values) for values in zip(*(drift["losses"] for drift in drifts))],
        "logits": max(drift["logits"] for drift in drifts),
        "updates": {name: max(drift["updates"][name] for drift in drifts) for name in names},
        "float32": difference(float32.train(state, first, steps), base),
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
    """Relative difference of every loss, and relative L2 of logits and updates."""
    pairs = zip(actual["losses"], expected["losses"])
    return {
        "losses": [abs(loss - right) / abs(right) for loss, right in pairs],
        "logits": relative_l2(actual["logits"], expected["logits"]),
        "updates": {
            name: relative_l2(actual["updates"][name], update) for name, update in expected["updates"].items()
        },
    }


def relative_l2(actual, expected):
    return ((actual.double() - expected).norm() / expected.norm().clamp_min(1e-300)).item()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_run_arguments(parser)
    parser.add_argument("--output", required=True, type=Path, help="file of JSON lines to write")
    parser.add_argument("--runs", type=int, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
