"""How far float64 runs drift apart whose weights differ by one float32 rounding, segment by segment.

Needs what trajectory.py left in --states and --trajectory. One JSON object a segment is added to --output: the
largest difference of --runs runs from the oracle's; under `float32`, that of PyTorch's own float32 run, which is what
a right backend may be expected to show. Segments that the file already has are not run again; the others are run side
by side, as many as there are threads.
"""

import argparse
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import torch

from nin_torch.journal import append_record, read_records
from nin_torch.perturbation import difference, largest_differences, perturbed
from nin_torch.segments import SegmentedRun, add_run_arguments, segments_of


def main():
    options = parse_arguments()
    records = {record["first"]: record for record in read_records(options.trajectory)}
    done = {record["first"] for record in read_records(options.output)}
    missing = [(records[first], steps) for first, steps in segments_of(options) if first not in done]
    with workers(options, len(missing)) as results_of:
        for result in results_of(measure_segment, missing):
            append_record(options.output, result)


@contextmanager
def workers(options, count):
    """A `map` over segments: in processes of their own where there are threads for several."""
    processes = min(count, options.threads)
    if processes <= 1:
        start_worker(options, options.threads)
        yield map
        return
    # A forked process cannot use threads that its parent had.
    with get_context("spawn").Pool(processes, start_worker, (options, options.threads // processes)) as pool:
        yield pool.imap


# The process's own runs, made once.
own = {}


def start_worker(options, threads):
    torch.set_num_threads(threads)
    own["runs"] = options.runs
    own["oracle"] = SegmentedRun(options, torch.float64)
    own["float32"] = SegmentedRun(options, torch.float32)


def measure_segment(segment):
    record, steps = segment
    expected = expectation(own["oracle"], record, steps)
    return measure(own["oracle"], own["float32"], expected, own["runs"])


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
        **largest_differences(drifts),
        "float32": difference(float32.train(state, *segment), expected),
    }


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_run_arguments(parser)
    parser.add_argument("--trajectory", required=True, type=Path, help="what trajectory.py wrote")
    parser.add_argument("--output", required=True, type=Path, help="file of JSON lines to write")
    parser.add_argument("--runs", type=int, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    main()
