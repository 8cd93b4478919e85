"""Philox4x32-10 and what is drawn with it: the same numbers as every backend of this repository.

Source: Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011.
"""

import numpy as np

MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
LOW_WORD = np.uint64(0xFFFFFFFF)
WORD_BITS = np.uint64(32)

# The counter's last word: what a random number is for.
PURPOSE_WEIGHT = 1
PURPOSE_BIAS = 2
PURPOSE_SHUFFLE = 3
PURPOSE_DROPOUT = 4
PURPOSE_SYNTHETIC = 5


def philox(seed, counters, index, time, purpose):
    """The four words of each counter (c, index, time, purpose), c from `counters`: uint32 [n, 4]."""
    keys = [seed & 0xFFFFFFFF, seed >> 32]
    x0 = np.asarray(counters, np.uint64)
    x1, x2, x3 = (np.full_like(x0, word) for word in (index, time, purpose))
    for _ in range(ROUNDS):
        product0 = x0 * MULTIPLIERS[0]
        product1 = x2 * MULTIPLIERS[1]
        x0 = (product1 >> WORD_BITS) ^ x1 ^ np.uint64(keys[0])
        x1 = product1 & LOW_WORD
        x2 = (product0 >> WORD_BITS) ^ x3 ^ np.uint64(keys[1])
        x3 = product0 & LOW_WORD
        keys = [(key + weyl) & 0xFFFFFFFF for key, weyl in zip(keys, WEYL)]
    return np.stack([x0, x1, x2, x3], axis=1).astype(np.uint32)


def words(seed, count, index, time, purpose):
    """Words 0 to count-1, each counter giving four: uint32 [count]."""
    return philox(seed, np.arange((count + 3) // 4), index, time, purpose).ravel()[:count]


def uniforms(seed, count, index, time, purpose):
    """The words as `word / 2^32`, in [0, 1): float64 [count]."""
    return words(seed, count, index, time, purpose) / 2.0**32


def shuffled_indices(count, seed, epoch):
    """The order of an epoch (from 0): Fisher-Yates with j = floor(word(k) * (k+1) / 2^32)."""
    drawn = words(seed, count, 0, epoch, PURPOSE_SHUFFLE)
    swaps = (drawn.astype(np.uint64) * np.arange(1, count + 1, dtype=np.uint64)) >> WORD_BITS
    order = list(range(count))
    for k in range(count - 1, 0, -1):
        j = int(swaps[k])
        order[k], order[j] = order[j], order[k]
    return np.array(order)


def dropout_mask(seed, position, step, rate, count):
    """Which units are kept, by flat NCHW position in the whole batch: bool [count]."""
    drawn = words(seed, 4 * ((count + 7) // 8), position, step, PURPOSE_DROPOUT)
    # Each word's low 16 bits come first.
    halves = np.stack([drawn & np.uint32(0xFFFF), drawn >> np.uint32(16)], axis=1).ravel()
    return halves[:count] >= int(np.floor(rate * 65536 + 0.5))


def dropout_scale(rate):
    """What a kept unit is multiplied by, rounded to float32."""
    return float(np.float32(1 / (1 - rate)))
