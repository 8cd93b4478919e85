"""Trains K steps as our backends do and writes the losses; see README.md."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from nin_torch.architecture import read_architecture
from nin_torch.fashion_mnist import read_split
from nin_torch.recipe import effective_recipe
from nin_torch.trajectory import Run


def main():
    options = parse_arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    recipe = effective_recipe(options.recipe, options.batch_size, options.seed)
    dtype = torch.float64 if options.float64 else torch.float32
    run = Run(read_architecture(options.architecture), recipe, options.data, dtype, options.limit)
    run.write_parameters(load_file(options.weights))
    losses = []
    for step in range(options.steps):
        if options.states and step % options.save_every == 0:
            save_state(options.states, run, step)
        losses.append(run.step())
    answer = {"dtype": str(dtype).removeprefix("torch."), "torch": torch.__version__, "losses": losses}
    if options.logit_images:
        images, _ = read_split(options.data, "t10k", options.logit_images)
        answer["logits"] = run.logits(images).tolist()
    Path(options.output).write_text(json.dumps(answer) + "\n")
    if options.final_weights:
        save_file(run.parameters(), options.final_weights)


def save_state(folder, run, step):
    Path(folder).mkdir(parents=True, exist_ok=True)
    save_file(run.state(), Path(folder) / f"{step}.safetensors")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", required=True, help="architecture file (nin-architecture JSON)")
    parser.add_argument("--recipe", required=True, help="recipe file (nin-recipe JSON)")
    parser.add_argument("--weights", required=True, help="initial weights, safetensors, as `nin init` writes")
    parser.add_argument("--data", required=True, help="folder of Fashion-MNIST's IDX files")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--output", required=True, help="JSON file to write")
    parser.add_argument("--final-weights", help="safetensors file to write")
    parser.add_argument("--float64", action="store_true", help="compute in float64 instead of float32")
    parser.add_argument("--limit", type=int, help="the first N training images")
    parser.add_argument("--batch-size", type=int, help="instead of the recipe's")
    parser.add_argument("--seed", type=int, help="of batches and dropout, instead of the recipe's")
    parser.add_argument("--logit-images", type=int, default=0, help="logits of the first N test images at the end")
    parser.add_argument("--states", help="folder for parameters and optimizer state before steps 0, N, 2N, ...")
    parser.add_argument("--save-every", type=int, default=5, help="N of --states")
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


if __name__ == "__main__":
    main()
