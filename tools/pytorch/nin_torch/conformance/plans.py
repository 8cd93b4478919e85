"""Which networks are run on which data, and how they are trained."""

from dataclasses import dataclass

from .builtin_networks import REDUCED_BUILTINS, WHOLE_NIN
from .small_networks import SMALL_NETWORKS, TIES

HE = {"weight": "heUniform", "bias": "uniformFanIn", "overrides": {}}
# The tutorial's.
XAVIER = {"weight": "xavierUniform", "bias": "uniformFanIn", "overrides": {}}


@dataclass(frozen=True)
class NetworkPlan:
    """A network with a batch. `seed` is the first that is tried."""

    architecture: dict
    batch: int
    seed: int
    init: dict
    # "uniform" numbers, or "integers" where windows have equal maxima.
    values: str = "uniform"
    # "small" ones are away from every kink; a "full" one has too many values for that.
    size: str = "small"

    @property
    def file_name(self):
        return self.architecture["name"].translate({ord(sign): "-" for sign in "?&="})


def network_plans():
    plans = [
        NetworkPlan(architecture, (2, 1, 3, 5)[index % 4], 1000 + 100 * index, HE)
        for index, architecture in enumerate(SMALL_NETWORKS)
    ]
    plans.append(NetworkPlan(TIES, 3, 5000, HE, values="integers"))
    plans += [NetworkPlan(each, 1, 6000 + 100 * index, HE) for index, each in enumerate(REDUCED_BUILTINS)]
    plans.append(NetworkPlan(WHOLE_NIN, 1, 9000, XAVIER, size="full"))
    return plans


@dataclass(frozen=True)
class RunPlan:
    """A training run of a network on drawn images."""

    id: str
    architecture: str
    recipe: dict
    images: int
    steps: int
    # How batches are given: "indices" into a data set kept on the device, or "images" in bytes.
    batches: str


def sgd(rate, momentum=0.0, decay=0.0):
    return {"kind": "sgd", "learningRate": rate, "momentum": momentum, "weightDecay": decay}


def adamw(rate, decay=0.0, **options):
    defaults = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    return {"kind": "adamw", "learningRate": rate, **defaults, **options, "weightDecay": decay}


def recipe(name, optimizer, epochs, batch_size, seed, schedule="constant", warmup=0, mean=0, std=1):
    return {
        "format": "nin-recipe",
        "version": 1,
        "name": name,
        "loss": "softmaxCrossEntropy",
        "optimizer": optimizer,
        "schedule": {"kind": schedule, "warmupSteps": warmup},
        "preprocessing": {"mean": mean, "std": std},
        "batchSize": batch_size,
        "epochs": epochs,
        "seed": seed,
        "init": HE,
    }


STEPPED = ["ceil-pools", "one-axis-padding", "linear-head", "linear-head-without-bias", "nin-block-mlp-3", "dropout"]
# The second step of each shows momentum, decay and the correction of both moments.
STEP_OPTIMIZERS = {"sgd": sgd(0.1, momentum=0.9, decay=0.01), "adamw": adamw(0.01, decay=0.1)}
NORMALIZED = {"mean": 0.25, "std": 0.5}


def step_plans():
    return [
        RunPlan(
            id=f"{kind}-{steps}",
            architecture=architecture,
            recipe=recipe(kind, optimizer, epochs=2, batch_size=4, seed=20_000 + 100 * index, **NORMALIZED),
            images=4,
            steps=steps,
            batches="images",
        )
        for index, architecture in enumerate(STEPPED)
        for kind, optimizer in STEP_OPTIMIZERS.items()
        for steps in (1, 2)
    ]


def trajectory_plans():
    """Each at least 20 steps, and each epoch's last batch partial: 20 images in batches of 6, 6, 6 and 2."""

    def plan(id, architecture, optimizer, epochs, seed, **options):
        return RunPlan(
            id=id,
            architecture=architecture,
            recipe=recipe(id, optimizer, epochs, batch_size=6, seed=seed, **{**NORMALIZED, **options}),
            images=20,
            steps=4 * epochs,
            batches="indices",
        )

    decayed = sgd(0.03, momentum=0.9, decay=0.01)
    warmed = sgd(0.05, momentum=0.9, decay=0.001)
    cosine = {"schedule": "cosine"}
    per_channel = {"mean": [0.2, 0.25, 0.3], "std": [0.5, 0.4, 0.6]}
    return [
        plan("sgd", "every-kind", sgd(0.1), 6, 30_000),
        plan("sgd-momentum", "ceil-pools", sgd(0.03, momentum=0.9), 6, 31_000, **cosine),
        plan("sgd-decay-warmup", "dropout", decayed, 6, 32_000, warmup=5),
        plan("sgd-cosine-warmup", "nin-block-mlp-1", warmed, 6, 33_000, **cosine, warmup=4),
        plan("sgd-wide", "nin-block-mlp-2", sgd(0.05, momentum=0.9), 5, 33_500, **cosine, warmup=2),
        plan("adamw", "linear-head", adamw(0.004, decay=0.1), 12, 34_000),
        plan("adamw-cosine-warmup", "every-kind", adamw(0.01, decay=0.01), 6, 35_000, **cosine, warmup=4),
        plan("adamw-dropout", "dropout", adamw(0.005, beta1=0.8, beta2=0.95), 5, 36_000, **cosine),
        plan("sgd-no-bias", "linear-head-without-bias", sgd(0.05, decay=0.05), 8, 37_000),
        plan("adamw-three-channels", "three-channels", adamw(0.005, decay=0.05), 6, 38_000, warmup=3, **per_channel),
        plan("sgd-blocks", "nin-block-mlp-3", sgd(0.03, momentum=0.8), 6, 39_000, **cosine),
    ]
