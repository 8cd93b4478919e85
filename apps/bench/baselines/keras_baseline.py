"""Keras on TensorFlow as a baseline: `keras_baseline.py JOB`. Keras's layers in NHWC, one tf.function a step. --probe prints what it would compute on."""

import json
import os
import sys
import time

from files import Job, Unsupported, overhang, window
from serve import Baseline, ms_since, serve

# Read when they are imported.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Keras writes a file of settings into the home otherwise; settings of the user's own are not to be measured.
os.environ.setdefault("KERAS_HOME", os.devnull)

LOWEST = -3.4e38


class KerasBaseline(Baseline):
    def load(self):
        begin = time.perf_counter()
        import keras
        import tensorflow as tf

        load_ms, begin = ms_since(begin), time.perf_counter()
        tf.config.threading.set_intra_op_parallelism_threads(self.job.threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.tf, self.keras = tf, keras
        if self.job.optimizer["kind"] != "sgd" or self.job.optimizer["weightDecay"] != 0:
            raise Unsupported("the Keras baseline has only SGD without weight decay")
        self.model = build(keras, self.job)
        self.input = tf.constant(self.job.input.transpose(0, 2, 3, 1))
        self.labels = tf.constant(self.job.labels)
        self.loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.begin(dropout=True)
        devices = tf.config.list_physical_devices("GPU") or tf.config.list_physical_devices("CPU")
        return load_ms, ms_since(begin), versions(), devices[0].name

    def begin(self, dropout):
        self.dropout = dropout
        for name, value in self.job.parameters.items():
            layer, role = name.rsplit(".", 1)
            part = self.model.get_layer(layer.replace(".", "_"))
            (part.kernel if role == "weight" else part.bias).assign(to_keras(value))
        options = self.job.optimizer
        self.optimizer = self.keras.optimizers.SGD(float(options["learningRate"]), float(options["momentum"]))
        self.optimizer.build(self.model.trainable_variables)
        self.step = self.tf.function(self.one_step)
        self.scores = self.tf.function(lambda images: self.model(images, training=False))

    def one_step(self, images, labels):
        with self.tf.GradientTape() as tape:
            loss = self.loss(labels, self.model(images, training=self.dropout))
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train(self, steps, images):
        images, labels = self.input[:images], self.labels[:images]
        losses = [self.step(images, labels) for _ in range(steps)]
        return [float(loss) for loss in losses]

    def predict(self, images):
        return self.scores(self.input[:images]).numpy()

    def parameters(self):
        parameters = {}
        for name in self.job.parameters:
            layer, role = name.rsplit(".", 1)
            part = self.model.get_layer(layer.replace(".", "_"))
            parameters[name] = from_keras((part.kernel if role == "weight" else part.bias).numpy())
        return parameters


def to_keras(value):
    """OIHW to HWIO, OI to IO."""
    return value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T


def from_keras(value):
    return value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T


def build(keras, job):
    channels, height, width = job.image_shape
    x = start = keras.Input((height, width, channels))
    for name, layer in job.layers:
        x = apply(keras.layers, name.replace(".", "_"), layer, x)
    return keras.Model(start, x)


def apply(layers, name, layer, x):
    kind = layer["kind"]
    if kind == "conv2d":
        kernel, stride, padding = window(layer)
        same = all(stride[axis] == 1 and 2 * padding[axis] == kernel[axis] - 1 for axis in (0, 1))
        if not same and any(padding):
            x = layers.ZeroPadding2D(padding)(x)
        return layers.Conv2D(layer["outChannels"], kernel, stride, "same" if same else "valid", use_bias=layer["bias"], name=name)(x)
    if kind == "relu":
        return layers.ReLU()(x)
    if kind == "maxPool2d":
        return layers.MaxPooling2D(*window(layer)[:2])(padded(layers, layer, x))
    if kind == "avgPool2d":
        kernel, stride, padding = window(layer)
        if any(padding):
            raise Unsupported("Keras's average pool does not count its padding")
        return layers.AveragePooling2D(kernel, stride, "same" if layer["ceilMode"] else "valid")(x)
    if kind == "dropout":
        return layers.Dropout(layer["rate"])(x)
    if kind == "globalAvgPool2d":
        return layers.GlobalAveragePooling2D(keepdims=True)(x)
    if kind == "flatten":
        return layers.Flatten()(layers.Permute((3, 1, 2))(x)) if len(x.shape) == 4 else x
    if kind == "linear":
        return layers.Dense(layer["outFeatures"], use_bias=layer["bias"], name=name)(x)
    raise Unsupported(f"the Keras baseline has no layer {kind}")


def padded(layers, layer, x):
    """TensorFlow has no ceil mode: what a last window lacks is filled with the lowest float."""
    kernel, stride, padding = window(layer)
    extents = x.shape[1:3]
    pads = [
        (padding[axis], padding[axis] + overhang(extents[axis], kernel[axis], stride[axis], padding[axis], layer["ceilMode"]))
        for axis in (0, 1)
    ]
    if not any(map(any, pads)):
        return x
    import keras

    return layers.Lambda(lambda y: keras.ops.pad(y, [(0, 0), *pads, (0, 0)], constant_values=LOWEST))(x)


def hardware():
    import keras  # noqa: F401
    import tensorflow

    return "cuda" if tensorflow.config.list_physical_devices("GPU") else "cpu"


def versions():
    import keras
    import tensorflow

    return {"python": sys.version.split()[0], "keras": keras.__version__, "tensorflow": tensorflow.__version__}


if __name__ == "__main__":
    if "--probe" in sys.argv:
        print(json.dumps({"hardware": hardware()}))
    else:
        serve(KerasBaseline(Job(sys.argv[1])))
