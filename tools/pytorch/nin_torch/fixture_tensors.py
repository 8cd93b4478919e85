"""Tensors as committed fixtures keep them: whole when small, else as statistics that any language can compute."""

from functools import lru_cache

import numpy as np

from .philox import PURPOSE_SYNTHETIC, uniforms, words

# Of the largest tensor that is kept whole.
WHOLE_ELEMENTS = 64
SAMPLES = 16
PROJECTIONS = 8
# Counters of the random numbers below, whose seed is 0: (index, time, purpose 5); a projection's time is its number.
SAMPLE_INDEX = 3
SIGN_INDEX = 4


def flat(tensor):
    """All of a tensor."""
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def kept(tensor):
    """All of a small tensor, `statistics` of a larger one."""
    return flat(tensor) if tensor.numel() <= WHOLE_ELEMENTS else statistics(tensor)


def statistics(tensor):
    """Sum, norms, the largest magnitude, elements at random positions, and sums of all elements with random signs.

    The error of a sum with random signs is about the L2 norm of the elements' errors: a few of them stand for a
    comparison of all elements.
    """
    values = tensor.detach().double().flatten().numpy()
    return {
        "shape": list(tensor.shape),
        "sum": float(values.sum()),
        "l1": float(np.abs(values).sum()),
        "l2": float(np.sqrt((values * values).sum())),
        "largest": float(np.abs(values).max()),
        "samples": values[sample_positions(values.size)].tolist(),
        "projections": [float((values * signs(values.size, k)).sum()) for k in range(PROJECTIONS)],
    }


def sample_positions(count):
    """`floor(u * count)` for each sample."""
    return np.floor(uniforms(0, SAMPLES, SAMPLE_INDEX, 0, PURPOSE_SYNTHETIC) * count).astype(np.int64)


@lru_cache(maxsize=32)
def signs(count, projection):
    """+1 where a bit is set, else -1; element i has bit i mod 32 of word floor(i/32)."""
    drawn = words(0, (count + 31) // 32, SIGN_INDEX, projection, PURPOSE_SYNTHETIC)
    bits = np.unpackbits(drawn.astype("<u4").view(np.uint8), bitorder="little")[:count]
    return 2.0 * bits - 1
