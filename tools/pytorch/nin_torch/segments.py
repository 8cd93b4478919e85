"""A long run in segments of a few steps, each from a state that the oracle's run saved."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from .architecture import read_architecture
from .fashion_mnist import read_split
from .recipe import read_recipe
from .training_run import TrainingRun


class SegmentedRun:
    """A training run on its way through segments of `length` steps, the last one possibly shorter."""

    def __init__(self, options, dtype):
        self.options = options
        architecture, recipe = read_architecture(options.architecture), read_recipe(options.recipe)
        self.run = TrainingRun(architecture, recipe, *read_split(options.data, "train"), dtype)
        self.test_images, _ = read_split(options.data, "t10k", options.logit_images)

    def train(self, state, first, steps):
        """A segment's losses, the logits after it, and the parameters after it."""
        trained = self.run.train(state, first, steps)
        return {**trained, "logits": self.run.logits(self.test_images)}

    def save_state(self):
        """Under the number of steps done. Whole or not at all, so that an interrupted run leaves no half file."""
        path = self.state_path(self.run.next_step)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        save_file(self.run.state(), partial)
        partial.replace(path)

    def load_state(self, step):
        return load_file(self.state_path(step))

    def state_path(self, step):
        return Path(self.options.states) / f"{step}.safetensors"


def segments_of(options):
    """(first step, number of steps) of each segment."""
    steps, length = options.steps, options.segment
    return [(first, min(length, steps - first)) for first in range(0, steps, length)]


def add_run_arguments(parser):
    """The arguments that say which run it is."""
    parser.add_argument("--architecture", required=True, help="architecture file (nin-architecture JSON)")
    parser.add_argument("--recipe", required=True, help="recipe file (nin-recipe JSON)")
    parser.add_argument("--data", required=True, help="folder of Fashion-MNIST's IDX files")
    parser.add_argument("--states", required=True, help="folder of the states between segments")
    parser.add_argument("--steps", type=int, required=True, help="steps of the whole run")
    parser.add_argument("--segment", type=int, default=5, help="steps of a segment")
    parser.add_argument("--logit-images", type=int, default=64, help="logits of the first N test images")
    parser.add_argument("--threads", type=int, default=1)


def use_threads(options):
    torch.set_num_threads(options.threads)
