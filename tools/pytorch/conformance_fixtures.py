"""Writes PyTorch's float64 answers that @nin/conformance compares backends with, one file a network.

    python tools/pytorch/conformance_fixtures.py            writes packages/conformance/fixtures/pytorch/*.json
    python tools/pytorch/conformance_fixtures.py --check    compares with the files there, within 1e-12

Weights, inputs and labels are drawn from a seed by the random numbers of docs/numerics.md and are not in the files.
Another processor's answers may differ in their last digits, and so pass the check without being the same bytes.
"""

import argparse
import json
import sys
from pathlib import Path

import torch

from nin_torch.conformance.fixture_file import differences, to_text
from nin_torch.conformance.networks import network_answers
from nin_torch.conformance.plans import network_plans, step_plans, trajectory_plans
from nin_torch.conformance.training import run_answers

FOLDER = Path(__file__).resolve().parents[2] / "packages" / "conformance" / "fixtures" / "pytorch"


def main():
    options = parse_arguments()
    torch.set_num_threads(1)
    wrong = []
    for plan in network_plans():
        if options.only in plan.file_name:
            path = options.folder / f"{plan.file_name}.json"
            fixture = make_fixture(plan)
            if options.check:
                wrong += [f"{path.name}: {found}" for found in differences(fixture, json.loads(path.read_text()))]
            else:
                path.write_text(to_text(fixture))
            print(path.name, file=sys.stderr)
    if wrong:
        sys.exit("\n".join(wrong))


def make_fixture(plan):
    name = plan.architecture["name"]
    runs = [run for run in [*step_plans(), *trajectory_plans()] if run.architecture == name]
    version = torch.__version__.split("+")[0]
    return {
        "format": "nin-pytorch-fixture",
        "version": 1,
        "about": f"PyTorch {version} in float64; written by tools/pytorch/conformance_fixtures.py",
        **network_answers(plan),
        "runs": [run_answers(run, plan.architecture) for run in runs],
    }


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="folder of the files")
    parser.add_argument("--only", default="", help="only networks whose file name has this text")
    return parser.parse_args()


if __name__ == "__main__":
    main()
