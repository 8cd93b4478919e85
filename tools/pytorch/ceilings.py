"""What a device can do at best, as JSON: matrix products of random matrices in several precisions, and a copy.

Every repetition takes other matrices than the one before, so that no cache holds them; a GPU is timed by its own
events. The times are told one by one. `error` is a product's distance from float64, relative, on some of its rows.
What cannot be measured has `failed` in place of figures, and the rest is measured.
"""

import argparse
import json
import time
import traceback

import torch

REPETITIONS = 10
WARM_UP = 3
SETS = 3
CHECKED_ROWS = 64

# Name, type of the factors, and whether float32 factors may be rounded to TF32.
PRODUCTS = [
    ("float32", torch.float32, False),
    ("tf32", torch.float32, True),
    ("float16", torch.float16, False),
    ("bfloat16", torch.bfloat16, False),
]


def main():
    options = parse_arguments()
    device = torch.device(options.device)
    # A CPU has no TF32, and its half-width products are not what anything here is bounded by.
    chosen = [each for each in PRODUCTS if device.type == "cuda" or each[0] != "tf32"]
    products = {
        name: measured(product, device, options.extent, dtype, tf32) for name, dtype, tf32 in chosen
    }
    print(json.dumps({"copy": measured(copy, device, options.copy_mib * 2**20), "products": products}))


def measured(measure, *arguments):
    try:
        return measure(*arguments)
    except RuntimeError as error:
        traceback.print_exc()
        return {"failed": str(error)}


def product(device, extent, dtype, tf32):
    torch.backends.cuda.matmul.allow_tf32 = tf32
    factors = [
        [torch.randn(extent, extent, device=device, dtype=torch.float32).to(dtype) for _ in range(2)]
        for _ in range(SETS)
    ]
    # Poisoned, so that what was not written shows.
    result = torch.full((extent, extent), float("nan"), device=device, dtype=dtype)
    seconds = timed(device, lambda turn: torch.matmul(*factors[turn % SETS], out=result))
    a, b = factors[(REPETITIONS - 1) % SETS]
    expected = a[:CHECKED_ROWS].double() @ b.double()
    error = ((result[:CHECKED_ROWS].double() - expected).norm() / expected.norm()).item()
    return {"flops": 2 * extent**3, "seconds": seconds, "error": error}


def copy(device, size_bytes):
    """A copy's bytes are those read and those written."""
    sources = [torch.rand(size_bytes // 4, device=device) for _ in range(2)]
    target = torch.empty_like(sources[0])
    seconds = timed(device, lambda turn: target.copy_(sources[turn % 2]))
    return {"bytes": 2 * target.nbytes, "seconds": seconds}


def timed(device, work):
    """Seconds of each repetition of `work(turn)`."""
    for turn in range(WARM_UP):
        work(turn)
    return [once(device, work, turn) for turn in range(REPETITIONS)]


def once(device, work, turn):
    if device.type != "cuda":
        begin = time.perf_counter()
        work(turn)
        return time.perf_counter() - begin
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begin.record()
    work(turn)
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / 1000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=["cpu", "cuda"], required=True)
    parser.add_argument("--extent", type=int, required=True, help="rows and columns of the matrices")
    parser.add_argument("--copy-mib", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
