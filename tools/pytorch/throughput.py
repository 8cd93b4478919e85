"""PyTorch's side of scripts/measure/throughput.mjs: trains or predicts on one batch in memory, told by stdin how often.

Each line of stdin is {"steps": N}; after N steps a line of JSON tells how long they took. The end of stdin ends it.
With --mode check it only says what the first steps give, dropout drawn as our backends draw it.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

from nin_torch.architecture import build, read_architecture
from nin_torch.dropout import CounterDropout, set_step
from nin_torch.recipe import make_optimizer, read_recipe

CHECKED_STEPS = 2


class Work:
    """A network, its optimizer and one batch, in the memory format asked for."""

    def __init__(self, options, make_dropout):
        memory_format = torch.channels_last if options.channels_last else torch.contiguous_format
        tensors = load_file(options.tensors, device=options.device)
        self.recipe = read_recipe(options.recipe)
        self.network = build(read_architecture(options.architecture), make_dropout)
        names = [name for name, _ in self.network.named_parameters()]
        self.network.load_state_dict({name: tensors[name] for name in names})
        self.network.to(options.device, memory_format=memory_format)
        self.input = tensors["input"].to(memory_format=memory_format)
        self.labels = tensors["labels"].long()
        # The fused kernels are the fastest of PyTorch's three implementations of an optimizer.
        self.optimizer = make_optimizer(self.recipe["optimizer"], self.network.parameters(), fused=True)

        self.run = torch.compile(self.network) if options.compile else self.network
        # float16 with float32 weights, as AMP does it: what torch.amp deems safe is computed in float16.
        self.cast = torch.autocast(options.device, torch.float16, enabled=options.amp)
        self.scaler = torch.amp.GradScaler(options.device, enabled=options.amp)

    def train(self):
        """A training step. Returns the loss before the update."""
        self.optimizer.zero_grad()
        with self.cast:
            loss = F.cross_entropy(self.run(self.input), self.labels)
        self.scaler.scale(loss).backward()
        self.scaler.step(self.optimizer)
        self.scaler.update()
        # Not `item()`: reading it would make a card wait in every step.
        return loss.detach()

    def predict(self):
        """The batch's scores."""
        with torch.inference_mode(), self.cast:
            return self.run(self.input)


def main():
    options = parse_arguments()
    torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.tf32
    torch.backends.cudnn.benchmark = True
    if options.mode == "check":
        say(check(Work(options, CounterDropout)))
        return
    work = Work(options, lambda rate, _position: nn.Dropout(rate))
    work.network.train(options.mode == "train")
    step = work.train if options.mode == "train" else work.predict
    say({"ready": True})
    for line in sys.stdin:
        say(timed(step, json.loads(line)["steps"]))


def check(work):
    logits = work.network.eval() and work.predict().flatten().tolist()
    work.network.train()
    losses = []
    for step in range(CHECKED_STEPS):
        set_step(work.network, work.recipe["seed"], step)
        losses.append(work.train().item())
    return {"logits": logits, "losses": losses}


def timed(step, steps):
    """Runs `step` so often, and waits for a card's last one. On CPU a call returns when its work is done."""
    used, begin = cpu_seconds(), time.perf_counter()
    for _ in range(steps):
        result = step()
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()
    elapsed = time.perf_counter() - begin
    return {
        "elapsedMs": 1000 * elapsed,
        "cpuMs": 1000 * (cpu_seconds() - used),
        "peakRssBytes": peak_rss_bytes(),
        "finite": bool(torch.isfinite(torch.as_tensor(result)).all()),
    }


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_rss_bytes():
    """Linux's high-water mark of this process's resident memory; elsewhere what getrusage says."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def say(answer):
    print(json.dumps(answer), flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--architecture", required=True, help="architecture file (nin-architecture JSON)")
    parser.add_argument("--recipe", required=True, help="recipe file (nin-recipe JSON)")
    parser.add_argument("--tensors", required=True, help="safetensors: the weights, `input` and `labels`")
    parser.add_argument("--mode", choices=["check", "train", "forward"], required=True)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true", help="the network by torch.compile")
    parser.add_argument("--amp", action="store_true", help="torch.amp: float16 with a GradScaler")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--tf32", action="store_true", help="let a card round products' factors to TF32")
    return parser.parse_args()


if __name__ == "__main__":
    main()
