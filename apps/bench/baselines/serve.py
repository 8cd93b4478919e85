"""The protocol of `src/protocol/messages.ts`: each request and each answer is a line of JSON; the process ends with its stdin."""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

CHECKED_STEPS = 2


class Baseline:
    """What a baseline implements, for `serve` to call.

    load(): imports the runtime and builds the network; returns (load_ms, compile_ms, versions, device).
    begin(dropout): starts again from the initial weights, with dropout on or off.
    train(steps, images): trains so many steps on the first so many images; returns their losses when all are done.
    predict(images): returns the scores of the first so many images as numpy.
    parameters(): returns {name: numpy}, in the layout of the files.
    """

    def __init__(self, job):
        self.job = job
        self.steps = 0

    def updates(self):
        return {
            name: float(np.linalg.norm((np.asarray(value, np.float64) - self.job.parameters[name]).ravel()))
            for name, value in self.parameters().items()
        }

    def device_bytes(self):
        return None


def serve(baseline):
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"answer": ANSWERS[request["do"]](baseline, request)}
        except Exception as error:
            code = getattr(error, "code", None)
            reply = {"error": {"message": f"{type(error).__name__}: {error}", **({"code": code} if isinstance(code, str) else {})}}
        print(json.dumps(reply), flush=True)


def open_baseline(baseline, _request):
    load_ms, compile_ms, versions, device = baseline.load()
    return {"loadMs": load_ms, "compileMs": compile_ms, "versions": versions, "device": device}


def check(baseline, _request):
    images = baseline.job.checked_images
    baseline.begin(dropout=False)
    scores = baseline.predict(images).ravel().tolist()
    losses = baseline.train(CHECKED_STEPS, images)
    updates = baseline.updates()
    baseline.begin(dropout=True)
    return {"scores": scores, "losses": losses, "updates": updates, "dropout": "off"}


def run(baseline, request):
    steps = request["steps"]
    batch = len(baseline.job.labels)
    used, begin = cpu_seconds(), time.perf_counter()
    if baseline.job.mode == "forward":
        for _ in range(steps):
            scores = baseline.predict(batch)
        losses = []
    else:
        losses = baseline.train(steps, batch)
    elapsed = time.perf_counter() - begin
    baseline.steps += 0 if baseline.job.mode == "forward" else steps
    return {
        "elapsedMs": 1000 * elapsed,
        "cpuMs": 1000 * (cpu_seconds() - used),
        "mainThreadMs": None,
        "rssBytes": memory_bytes("VmRSS") or 0,
        "peakRssBytes": memory_bytes("VmHWM") or max_rss(),
        "deviceBytes": baseline.device_bytes(),
        "losses": losses,
        "scoresNorm": float(np.linalg.norm(scores)) if baseline.job.mode == "forward" else None,
    }


def probe(baseline, _request):
    if baseline.job.mode == "forward":
        return {"steps": 0, "updates": {}}
    return {"steps": baseline.steps, "updates": baseline.updates()}


ANSWERS = {"open": open_baseline, "check": check, "run": run, "probe": probe}


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def memory_bytes(field):
    """Resident memory of this process, or its high-water mark, where Linux reports it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


def max_rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def ms_since(begin):
    return 1000 * (time.perf_counter() - begin)
