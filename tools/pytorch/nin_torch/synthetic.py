"""Inputs, images and labels that are drawn from a seed, so that no fixture keeps them: (index, time 0, purpose 5)."""

import math

import numpy as np
import torch

from .philox import PURPOSE_SYNTHETIC, uniforms, words

INPUT_INDEX = 0
LABEL_INDEX = 1
IMAGE_INDEX = 2


def uniform_input(shape, seed):
    """float32 in [-1, 1): `2u - 1`."""
    drawn = uniforms(seed, math.prod(shape), INPUT_INDEX, 0, PURPOSE_SYNTHETIC)
    return torch.from_numpy((2 * drawn - 1).astype(np.float32)).reshape(shape)


def integer_input(shape, seed):
    """Integers from -2 to 2, so that windows have equal maxima: `floor(5u) - 2`."""
    drawn = uniforms(seed, math.prod(shape), INPUT_INDEX, 0, PURPOSE_SYNTHETIC)
    return torch.from_numpy((np.floor(5 * drawn) - 2).astype(np.float32)).reshape(shape)


def labels(count, classes, seed):
    """`floor(u * classes)`: uint8 [count]."""
    return np.floor(uniforms(seed, count, LABEL_INDEX, 0, PURPOSE_SYNTHETIC) * classes).astype(np.uint8)


def images(shape, image_labels, classes, seed):
    """Bytes [N, H, W], brighter for a higher label, so that a few steps learn: `floor(byte * (label+1) / classes)`.

    `byte` is a word's high 8 bits.
    """
    high = (words(seed, math.prod(shape), IMAGE_INDEX, 0, PURPOSE_SYNTHETIC) >> np.uint32(24)).reshape(shape)
    return (high.astype(np.int64) * (image_labels.astype(np.int64)[:, None, None] + 1) // classes).astype(np.uint8)
