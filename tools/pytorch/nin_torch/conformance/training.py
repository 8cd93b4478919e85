"""PyTorch's float64 answers for a training run, and how far runs from almost the same weights drift."""

import torch

from ..architecture import input_shape
from ..fixture_tensors import kept
from ..initialization import initial_parameters
from ..margin import MarginMeter
from ..perturbation import difference, largest_differences, perturbed
from ..synthetic import images, labels
from ..training_run import TrainingRun

PERTURBED_RUNS = 8
MAX_DRAWS = 400
# Nothing in any step may come nearer to a kink: float32 could fall on its other side.
MIN_MARGIN = 1e-5
MIN_FALL = 0.1
# Ten spreads are allowed, at least 1e-5, at most 1e-3 for losses and logits and 1e-2 for updates.
FACTOR = 10
FLOOR = 1e-5
CEILINGS = {"losses": 1e-3, "logits": 1e-3, "updates": 1e-2}
# Of what is allowed, what PyTorch's own float32 may take: a right backend rounds otherwise.
FLOAT32_SHARE = 0.5


def run_answers(plan, architecture):
    """Drawn anew, with the next seed, until the run can be judged."""
    first = plan.recipe["seed"]
    for seed in range(first, first + MAX_DRAWS):
        drawn = DrawnRun(plan, architecture, {**plan.recipe, "seed": seed})
        right = drawn.train(torch.float64, measured=True)
        if right["margin"] >= MIN_MARGIN and learns(plan, right):
            spread = drawn.spread(right)
            float32 = difference(drawn.train(torch.float32), right)
            if judges(spread, float32):
                return drawn.answers(right, spread, float32)
    raise RuntimeError(f"{plan.id} of {plan.architecture}: no run that can be judged in {MAX_DRAWS} draws")


class DrawnRun:
    """A run whose weights, images and labels are drawn from the recipe's seed."""

    def __init__(self, plan, architecture, recipe):
        self.plan = plan
        self.architecture = architecture
        self.recipe = recipe
        _, height, width = input_shape(architecture)
        network = self.training_run(torch.float64, [], []).network
        classes = output_classes(network, architecture)
        self.labels = labels(plan.images, classes, recipe["seed"])
        self.images = images((plan.images, height, width), self.labels, classes, recipe["seed"])
        self.initial = initial_parameters(network, recipe["init"], recipe["seed"])

    def training_run(self, dtype, all_images, all_labels):
        return TrainingRun(self.architecture, self.recipe, all_images, all_labels, dtype)

    def train(self, dtype, state=None, measured=False):
        run = self.training_run(dtype, self.images, self.labels)
        meter = MarginMeter(run.network) if measured else None
        trained = run.train(self.initial if state is None else state, 0, self.plan.steps)
        return {
            **trained,
            **({} if meter is None else {"margin": meter.smallest}),
            "logits": run.logits(self.images),
            "updates": self.updates(trained["parameters"]),
        }

    def updates(self, parameters):
        return {name: after.double() - self.initial[name].double() for name, after in parameters.items()}

    def spread(self, right):
        names = list(self.initial)
        runs = [
            self.train(torch.float64, perturbed(self.initial, names, seed)) for seed in range(PERTURBED_RUNS)
        ]
        return largest_differences([difference(run, right) for run in runs])

    def answers(self, right, spread, float32):
        return {
            "id": self.plan.id,
            "recipe": self.recipe,
            "images": self.plan.images,
            "batches": self.plan.batches,
            "steps": self.plan.steps,
            "margin": right["margin"],
            "losses": right["losses"],
            "logits": kept(right["logits"]),
            "updates": {name: kept(update) for name, update in right["updates"].items()},
            "spread": spread,
            # To tell a tight tolerance from a bad backend.
            "float32": float32,
        }


def output_classes(network, architecture):
    with torch.no_grad():
        return network.eval()(torch.zeros(1, *input_shape(architecture), dtype=torch.float64)).shape[1]


def learns(plan, right):
    """Whether every parameter moved, and a longer run's loss fell; one or two steps are judged by their updates."""
    losses = right["losses"]
    if not all(update.any() for update in right["updates"].values()):
        return False
    quarter = len(losses) // 4
    return plan.steps <= 2 or sum(losses[-quarter:]) <= (1 - MIN_FALL) * sum(losses[:quarter])


def judges(spread, float32):
    """Whether ten spreads are below the ceiling everywhere, and PyTorch's own float32 well within them."""
    return all(
        FACTOR * allowed <= ceiling and shown <= FLOAT32_SHARE * max(FACTOR * allowed, FLOOR)
        for name, ceiling in CEILINGS.items()
        for allowed, shown in zip(numbers(spread[name]), numbers(float32[name]))
    )


def numbers(differences):
    """Those of all steps, or of all parameters, or the one."""
    if isinstance(differences, dict):
        return list(differences.values())
    return differences if isinstance(differences, list) else [differences]
