"""The oracle's run: trains in float64 and writes every loss, the state before each segment, and logits after it.

One JSON object a segment is added to --output; segments that it already has are not run again.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file

from nin_torch.journal import append_record, read_records
from nin_torch.segments import SegmentedRun, add_run_arguments, segments_of, use_threads


def main():
    options = parse_arguments()
    use_threads(options)
    oracle = SegmentedRun(options, torch.float64)
    if not oracle.state_path(0).exists():
        oracle.run.write_state(load_file(options.weights), 0)
        oracle.save_state()
    done = {record["first"] for record in read_records(options.output)}
    for first, steps in segments_of(options):
        if first in done:
            continue
        result = oracle.train(oracle.load_state(first), first, steps)
        oracle.save_state()
        logits = result["logits"].tolist()
        append_record(options.output, {"first": first, "losses": result["losses"], "logits": logits})


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add_run_arguments(parser)
    parser.add_argument("--weights", required=True, help="initial weights, safetensors")
    parser.add_argument("--output", required=True, type=Path, help="file of JSON lines to write")
    return parser.parse_args()


if __name__ == "__main__":
    main()
