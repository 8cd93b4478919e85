"""The built-in architectures as @nin/spec makes them from a name with options; a test there compares."""

from .small_networks import AVERAGE_HEAD, FLATTEN, avg_pool, block, dropout, linear, max_pool, network


def nin(name, size, last):
    return network(
        name,
        (1, size, size),
        block(96, 11, [96, 96], stride=4),
        max_pool(3, 2),
        block(256, 5, [256, 256], padding=2),
        max_pool(3, 2),
        block(384, 3, [384, 384], padding=1),
        max_pool(3, 2),
        dropout(0.5),
        block(10, 3, [10, 10], padding=1),
        *last,
    )


def nin_mnist(name, size):
    return network(
        name,
        (1, size, size),
        block(96, 5, [64, 48], padding=2),
        max_pool(3, 2, ceilMode=True),
        dropout(0.5),
        block(128, 5, [96, 48], padding=2),
        max_pool(3, 2, ceilMode=True),
        dropout(0.5),
        block(128, 5, [96, 10], padding=2),
        *AVERAGE_HEAD,
    )


def nin_cifar10(name, size):
    return network(
        name,
        (3, size, size),
        block(192, 5, [160, 96], padding=2),
        max_pool(3, 2, ceilMode=True),
        dropout(0.5),
        block(192, 5, [192, 192], padding=2),
        avg_pool(3, 2, ceilMode=True),
        dropout(0.5),
        block(192, 3, [192, 10], padding=1),
        *AVERAGE_HEAD,
    )


def nin_imagenet(name, size, classes):
    return network(
        name,
        (3, size, size),
        block(96, 11, [96, 96], stride=4),
        max_pool(3, 2, ceilMode=True),
        block(256, 5, [256, 256], padding=2),
        max_pool(3, 2, ceilMode=True),
        block(384, 3, [384, 384], padding=1),
        max_pool(3, 2, ceilMode=True),
        dropout(0.5),
        block(1024, 3, [1024, classes], padding=1),
        *AVERAGE_HEAD,
    )


# At sizes where three pools still have something to pool.
REDUCED_BUILTINS = [
    nin("nin?size=67", 67, AVERAGE_HEAD),
    nin("nin?head=linear&size=67", 67, (FLATTEN, linear(10))),
    nin_mnist("nin-mnist?size=12", 12),
    nin_cifar10("nin-cifar10?size=10", 10),
    nin_imagenet("nin-imagenet?classes=20&size=67", 67, 20),
]
WHOLE_NIN = nin("nin", 224, AVERAGE_HEAD)
