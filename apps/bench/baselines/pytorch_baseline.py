"""PyTorch as a baseline: `pytorch_baseline.py VARIANT JOB`, where VARIANT is eager, channels-last or compiled.

With --probe it prints what it would compute on. NIN_BENCH_TF32=1 lets a GPU round the factors of products to TF32.
"""

import json
import os
import sys
import time

from files import Job, Unsupported, window
from serve import Baseline, ms_since, serve


class PytorchBaseline(Baseline):
    """Autograd, the fused optimizer; `compiled` is channels-last through torch.compile; mixed precision is torch.amp's, of float16 on a GPU and of bfloat16 on a processor."""

    def __init__(self, variant, job):
        super().__init__(job)
        self.variant = variant

    def load(self):
        begin = time.perf_counter()
        import torch

        load_ms, begin = ms_since(begin), time.perf_counter()
        torch.set_num_threads(self.job.threads)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = os.environ.get("NIN_BENCH_TF32") == "1"
        torch.backends.cudnn.benchmark = True
        self.torch = torch
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        contiguous = self.variant == "eager"
        self.memory_format = torch.contiguous_format if contiguous else torch.channels_last
        self.network = build(torch, self.job).to(self.device, memory_format=self.memory_format)
        self.input = torch.from_numpy(self.job.input).to(self.device, memory_format=self.memory_format)
        self.labels = torch.from_numpy(self.job.labels).long().to(self.device)
        self.forward = torch.compile(self.network, dynamic=False) if self.variant == "compiled" else self.network
        mixed = self.job.precision == "mixed"
        on_gpu = self.device == "cuda"
        self.cast = torch.autocast(self.device, torch.float16 if on_gpu else torch.bfloat16, enabled=mixed)
        # bfloat16 has float32's range: its gradients need no scale.
        self.scaler = torch.amp.GradScaler(self.device, enabled=mixed and on_gpu)
        self.begin(dropout=True)
        if self.variant == "compiled":
            # torch.compile does its work at the first call.
            self.train(1, len(self.labels)) if self.job.mode == "train" else self.predict(len(self.labels))
            self.begin(dropout=True)
        name = torch.cuda.get_device_name() if self.device == "cuda" else "processor"
        return load_ms, ms_since(begin), versions(), f"{name}, {self.variant}"

    def begin(self, dropout):
        torch = self.torch
        state = {key: torch.from_numpy(value) for key, value in self.job.parameters.items()}
        self.network.load_state_dict({f"{name.replace('.', '_')}.{role}": state[f"{name}.{role}"] for name, role in names(self.job)})
        self.network.train(dropout and self.job.mode == "train")
        options = self.job.optimizer
        shared = {"lr": options["learningRate"], "weight_decay": options["weightDecay"], "fused": True}
        if options["kind"] == "sgd":
            self.optimizer = torch.optim.SGD(self.network.parameters(), momentum=options["momentum"], **shared)
        else:
            betas = (options["beta1"], options["beta2"])
            self.optimizer = torch.optim.AdamW(self.network.parameters(), betas=betas, eps=options["epsilon"], **shared)

    def train(self, steps, images):
        images, labels = self.input[:images], self.labels[:images]
        losses = []
        for _ in range(steps):
            self.optimizer.zero_grad()
            with self.cast:
                loss = self.torch.nn.functional.cross_entropy(self.forward(images), labels)
            self.scaler.scale(loss).backward()
            self.scaler.step(self.optimizer)
            self.scaler.update()
            # Not `item()`: reading it would make a GPU wait in every step.
            losses.append(loss.detach())
        return self.torch.stack(losses).tolist()

    def predict(self, images):
        with self.torch.inference_mode(), self.cast:
            return self.forward(self.input[:images]).float().cpu().numpy()

    def parameters(self):
        parameters = dict(self.network.named_parameters())
        return {
            f"{name}.{role}": parameters[f"{name.replace('.', '_')}.{role}"].detach().cpu().numpy()
            for name, role in names(self.job)
        }

    def device_bytes(self):
        return self.torch.cuda.max_memory_allocated() if self.device == "cuda" else None


def names(job):
    return [tuple(name.rsplit(".", 1)) for name in job.parameters]


def build(torch, job):
    """The layers in order, under their names with underscores: PyTorch keeps dots to itself."""
    network = torch.nn.Sequential()
    output = torch.zeros(1, *job.image_shape)
    for name, layer in job.layers:
        module = make(torch.nn, layer, output)
        network.add_module(name.replace(".", "_"), module)
        # Run on one image, so that the next layer's inputs are those that torch realizes.
        with torch.no_grad():
            output = module.eval()(output)
    return network


def make(nn, layer, output):
    kind = layer["kind"]
    if kind == "conv2d":
        return nn.Conv2d(output.shape[1], layer["outChannels"], *window(layer), bias=layer["bias"])
    if kind in ("maxPool2d", "avgPool2d"):
        if kind == "maxPool2d":
            return nn.MaxPool2d(*window(layer), ceil_mode=layer["ceilMode"])
        # Without padding there is none to count. To say so keeps torch.compile from a wrong gradient of windows that reach
        # beyond the image (pytorch/pytorch#198119): it divides them by the whole window.
        kernel, stride, padding = window(layer)
        return nn.AvgPool2d(kernel, stride, padding, ceil_mode=layer["ceilMode"], count_include_pad=any(padding))
    if kind == "linear":
        return nn.Linear(output.shape[1], layer["outFeatures"], bias=layer["bias"])
    simple = {"relu": nn.ReLU, "flatten": nn.Flatten}
    if kind in simple:
        return simple[kind]()
    if kind == "globalAvgPool2d":
        return nn.AdaptiveAvgPool2d(1)
    if kind == "dropout":
        return nn.Dropout(layer["rate"])
    raise Unsupported(f"the PyTorch baseline has no layer {kind}")


def hardware():
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def versions():
    import torch

    cuda = {"cuda": torch.version.cuda} if torch.version.cuda else {}
    return {"python": sys.version.split()[0], "torch": torch.__version__, **cuda}


if __name__ == "__main__":
    if "--probe" in sys.argv:
        print(json.dumps({"hardware": hardware()}))
    else:
        serve(PytorchBaseline(sys.argv[1], Job(sys.argv[2])))
