"""How far float64 runs drift apart whose initial weights differ by one float32 rounding; see README.md."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from nin_torch.architecture import read_architecture
from nin_torch.fashion_mnist import read_split
from nin_torch.recipe import effective_recipe
from nin_torch.trajectory import Run

RELATIVE = 2.0**-23


def main():
    options = parse_arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    images, _ = read_split(options.data, "t10k", options.logit_images)
    weights = initial_weights(options)
    base = train(options, weights, images)
    runs = [train(options, perturbed(weights, seed), images) for seed in range(options.runs)]
    answer = {
        "runs": options.runs,
        "losses": [
            max(abs(run["losses"][k] - loss) / abs(loss) for run in runs)
            for k, loss in enumerate(base["losses"])
        ],
        "logits": max(relative_l2(run["logits"], base["logits"]) for run in runs),
        "updates": {
            name: max(relative_l2(run["updates"][name], update) for run in runs)
            for name, update in base["updates"].items()
        },
    }
    Path(options.output).write_text(json.dumps(answer) + "\n")


def initial_weights(options):
    tensors = load_file(options.weights or options.state)
    return {name: tensor.double() for name, tensor in tensors.items() if name.startswith("net.")}


def train(options, weights, images):
    """A run's losses, its logits at the end and how far each parameter moved."""
    recipe = effective_recipe(options.recipe, options.batch_size, options.seed)
    run = Run(read_architecture(options.architecture), recipe, options.data, torch.float64, options.limit)
    if options.state:
        run.write_state({**load_file(options.state), **weights}, options.first_step)
    else:
        run.write_parameters(weights)
    losses = [run.step() for _ in range(options.steps)]
    updates = {name: parameter - weights[name] for name, parameter in run.parameters().items()}
    return {"losses": losses, "logits": run.logits(images), "updates": updates}


def perturbed(weights, seed):
    """Every weight up or down by 2^-23 of itself."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: tensor * (1 + RELATIVE * (2 * torch.randint(0, 2, tensor.shape, generator=generator) - 1))
        for name, tensor in weights.items()
    }


def relative_l2(actual, expected):
    return ((actual - expected).norm() / expected.norm().clamp_min(1e-300)).item()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", required=True, help="architecture file (nin-architecture JSON)")
    parser.add_argument("--recipe", required=True, help="recipe file (nin-recipe JSON)")
    parser.add_argument("--weights", help="initial weights, safetensors, as `nin init` writes")
    parser.add_argument("--state", help="instead of --weights: a file that trajectory.py --states wrote")
    parser.add_argument("--first-step", type=int, default=0, help="the steps done before --state")
    parser.add_argument("--data", required=True, help="folder of Fashion-MNIST's IDX files")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--output", required=True, help="JSON file to write")
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--limit", type=int, help="the first N training images")
    parser.add_argument("--batch-size", type=int, help="instead of the recipe's")
    parser.add_argument("--seed", type=int, help="of batches and dropout, instead of the recipe's")
    parser.add_argument("--logit-images", type=int, default=64, help="logits of the first N test images")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if (options.weights is None) == (options.state is None):
        parser.error("give one of --weights and --state")
    return options


if __name__ == "__main__":
    main()
