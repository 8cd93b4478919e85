"""The protocol of `src/protocol`: a line of JSON asks, a line of JSON answers, the end of stdin ends."""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

CHECKED_STEPS = 2


class Peer:
    """What a peer has: everything is asked for by `serve`.

    load(): imports the runtime, builds the network; gives (load_ms, compile_ms, versions, device).
    begin(dropout): starts again from the initial weights.
    train(steps, images): steps on the first so many images; gives their losses, when they are done.
    predict(images): scores as numpy, when they are there.
    parameters(): {name: numpy}, in the layout of the files.
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


def serve(peer):
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"answer": ANSWERS[request["do"]](peer, request)}
        except Exception as error:
            code = getattr(error, "code", None)
            reply = {"error": {"message": f"{type(error).__name__}: {error}", **({"code": code} if isinstance(code, str) else {})}}
        print(json.dumps(reply), flush=True)


def open_peer(peer, _request):
    load_ms, compile_ms, versions, device = peer.load()
    return {"loadMs": load_ms, "compileMs": compile_ms, "versions": versions, "device": device}


def check(peer, _request):
    images = peer.job.gate_images
    peer.begin(dropout=False)
    scores = peer.predict(images).ravel().tolist()
    losses = peer.train(CHECKED_STEPS, images)
    updates = peer.updates()
    peer.begin(dropout=True)
    return {"scores": scores, "losses": losses, "updates": updates, "dropout": "off"}


def run(peer, request):
    steps = request["steps"]
    batch = len(peer.job.labels)
    used, begin = cpu_seconds(), time.perf_counter()
    if peer.job.mode == "forward":
        for _ in range(steps):
            scores = peer.predict(batch)
        losses = []
    else:
        losses = peer.train(steps, batch)
    elapsed = time.perf_counter() - begin
    peer.steps += 0 if peer.job.mode == "forward" else steps
    return {
        "elapsedMs": 1000 * elapsed,
        "cpuMs": 1000 * (cpu_seconds() - used),
        "mainThreadMs": None,
        "rssBytes": memory_bytes("VmRSS") or 0,
        "peakRssBytes": memory_bytes("VmHWM") or max_rss(),
        "deviceBytes": peer.device_bytes(),
        "losses": losses,
        "scoresNorm": float(np.linalg.norm(scores)) if peer.job.mode == "forward" else None,
    }


def probe(peer, _request):
    if peer.job.mode == "forward":
        return {"steps": 0, "updates": {}}
    return {"steps": peer.steps, "updates": peer.updates()}


ANSWERS = {"open": open_peer, "check": check, "run": run, "probe": probe}


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def memory_bytes(field):
    """Resident memory of this process, or its high-water mark, where Linux tells it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


def max_rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def ms_since(begin):
    return 1000 * (time.perf_counter() - begin)
