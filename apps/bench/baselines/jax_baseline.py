"""JAX as a baseline: `jax_baseline.py JOB`. The whole training step is one compiled function, in NHWC. --probe prints what it would compute on."""

import json
import os
import sys
import time

import numpy as np

from files import Job, Unsupported, overhang, window
from serve import Baseline, ms_since, serve


class JaxBaseline(Baseline):
    def load(self):
        begin = time.perf_counter()
        import jax

        load_ms, begin = ms_since(begin), time.perf_counter()
        self.jax = jax
        if self.job.optimizer["kind"] != "sgd":
            raise Unsupported("the JAX baseline has SGD only")
        jax.config.update("jax_default_matmul_precision", "highest")
        self.input = jax.numpy.asarray(self.job.input.transpose(0, 2, 3, 1))
        self.labels = jax.numpy.asarray(self.job.labels)
        self.step = jax.jit(self.make_step(), static_argnames="dropout", donate_argnums=(0, 1))
        self.scores = jax.jit(lambda weights, images: forward(jax, self.job, weights, images, None))
        self.begin(dropout=True)
        return load_ms, ms_since(begin), versions(), str(jax.devices()[0])

    def make_step(self):
        jax, options = self.jax, self.job.optimizer
        rate, momentum, decay = options["learningRate"], options["momentum"], options["weightDecay"]

        def loss_of(weights, images, labels, key):
            scores = forward(jax, self.job, weights, images, key)
            chosen = jax.numpy.take_along_axis(jax.nn.log_softmax(scores), labels[:, None], axis=1)
            return -chosen.mean()

        def step(weights, velocity, images, labels, key, dropout):
            key, used = jax.random.split(key)
            loss, gradients = jax.value_and_grad(loss_of)(weights, images, labels, used if dropout else None)
            gradients = {name: value + decay * weights[name] for name, value in gradients.items()}
            velocity = {name: momentum * velocity[name] + value for name, value in gradients.items()} if momentum else velocity
            moved = velocity if momentum else gradients
            return loss, {name: value - rate * moved[name] for name, value in weights.items()}, velocity, key

        return step

    def begin(self, dropout):
        numpy = self.jax.numpy
        self.dropout = dropout
        self.weights = {name: numpy.asarray(to_jax(value)) for name, value in self.job.parameters.items()}
        momentum = self.job.optimizer["momentum"]
        self.velocity = {name: numpy.zeros_like(value) for name, value in self.weights.items()} if momentum else {}
        self.key = self.jax.random.key(self.job.recipe["seed"])

    def train(self, steps, images):
        losses = []
        for _ in range(steps):
            loss, self.weights, self.velocity, self.key = self.step(
                self.weights, self.velocity, self.input[:images], self.labels[:images], self.key, dropout=self.dropout
            )
            losses.append(loss)
        self.jax.block_until_ready(self.weights)
        return [float(loss) for loss in losses]

    def predict(self, images):
        return np.asarray(self.scores(self.weights, self.input[:images]))

    def parameters(self):
        return {name: from_jax(np.asarray(value)) for name, value in self.weights.items()}


def to_jax(value):
    """OIHW to HWIO, OI to IO."""
    return value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T


def from_jax(value):
    return value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T


def forward(jax, job, weights, x, key):
    """Scores; dropout where there is a key."""
    for position, (name, layer) in enumerate(job.layers):
        x = apply(jax, name, layer, weights, x, None if key is None else jax.random.fold_in(key, position))
    return x


def apply(jax, name, layer, weights, x, key):
    kind = layer["kind"]
    if kind == "conv2d":
        _, stride, padding = window(layer)
        x = jax.lax.conv_general_dilated(
            x, weights[f"{name}.weight"], stride, [(p, p) for p in padding], dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        return x + weights[f"{name}.bias"] if layer["bias"] else x
    if kind == "relu":
        return jax.nn.relu(x)
    if kind == "maxPool2d":
        return pool(jax, x, layer, -np.inf, jax.lax.max)
    if kind == "avgPool2d":
        ones = np.ones((1, *x.shape[1:3], 1), np.float32)
        _, _, padding = window(layer)
        inside = np.pad(ones, [(0, 0), *((p, p) for p in padding), (0, 0)], constant_values=1)
        counts = pool(jax, inside, {**layer, "padding": 0}, 0.0, jax.lax.add)
        return pool(jax, x, layer, 0.0, jax.lax.add) / counts
    if kind == "dropout":
        if key is None or layer["rate"] == 0:
            return x
        kept = jax.random.bernoulli(key, 1 - layer["rate"], x.shape)
        return jax.numpy.where(kept, x / (1 - layer["rate"]), 0)
    if kind == "globalAvgPool2d":
        return x.mean((1, 2), keepdims=True)
    if kind == "flatten":
        return x.transpose(0, 3, 1, 2).reshape(x.shape[0], -1) if x.ndim == 4 else x
    if kind == "linear":
        x = x @ weights[f"{name}.weight"]
        return x + weights[f"{name}.bias"] if layer["bias"] else x
    raise Unsupported(f"the JAX baseline has no layer {kind}")


def pool(jax, x, layer, start, combine):
    kernel, stride, padding = window(layer)
    extents = x.shape[1:3]
    pads = [
        (padding[axis], padding[axis] + overhang(extents[axis], kernel[axis], stride[axis], padding[axis], layer["ceilMode"]))
        for axis in (0, 1)
    ]
    return jax.lax.reduce_window(x, start, combine, (1, *kernel, 1), (1, *stride, 1), [(0, 0), *pads, (0, 0)])


def hardware():
    import jax

    return "cuda" if jax.default_backend() == "gpu" else "cpu"


def versions():
    import jax
    import jaxlib

    return {"python": sys.version.split()[0], "jax": jax.__version__, "jaxlib": jaxlib.__version__}


if __name__ == "__main__":
    if "--probe" in sys.argv:
        print(json.dumps({"hardware": hardware()}))
    else:
        job = Job(sys.argv[1])
        if hasattr(os, "sched_setaffinity"):
            # XLA takes as many threads as there are processors for it.
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: job.threads])
        serve(JaxBaseline(job))
