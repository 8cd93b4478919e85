"""Small networks that between them have every layer kind, and each option of it that a backend may get wrong."""


def network(name, input_size, *layers):
    channels, height, width = input_size
    return {
        "format": "nin-architecture",
        "version": 1,
        "name": name,
        "input": {"channels": channels, "height": height, "width": width},
        "layers": list(layers),
    }


def conv(out_channels, kernel_size, **options):
    return {"kind": "conv2d", "outChannels": out_channels, "kernelSize": kernel_size, **options}


def block(out_channels, kernel_size, mlp_channels, **options):
    return {
        "kind": "ninBlock",
        "outChannels": out_channels,
        "kernelSize": kernel_size,
        "mlpChannels": mlp_channels,
        **options,
    }


def max_pool(kernel_size, stride, **options):
    return {"kind": "maxPool2d", "kernelSize": kernel_size, "stride": stride, **options}


def avg_pool(kernel_size, stride, **options):
    return {"kind": "avgPool2d", "kernelSize": kernel_size, "stride": stride, **options}


def dropout(rate):
    return {"kind": "dropout", "rate": rate}


def linear(out_features, **options):
    return {"kind": "linear", "outFeatures": out_features, **options}


RELU = {"kind": "relu"}
FLATTEN = {"kind": "flatten"}
AVERAGE_HEAD = ({"kind": "globalAvgPool2d"}, FLATTEN)

SMALL_NETWORKS = [
    # Windows of both pools run past the input on both axes; the average divides by fewer there.
    network(
        "ceil-pools",
        (3, 10, 9),
        conv(5, 3, padding=1),
        RELU,
        max_pool(3, 2, ceilMode=True),
        conv(6, 2),
        avg_pool(3, 2, ceilMode=True),
        conv(4, 1),
        *AVERAGE_HEAD,
    ),
    # The last window of one axis would start in the right padding, and so does not exist.
    network(
        "ceil-padded-pools",
        (1, 11, 8),
        conv(4, 3, padding=1),
        RELU,
        max_pool([2, 4], 3, padding=[1, 2], ceilMode=True),
        conv(6, 1),
        avg_pool([3, 2], 2, padding=[1, 1], ceilMode=True),
        FLATTEN,
        linear(3),
    ),
    network(
        "one-axis-padding",
        (1, 8, 7),
        conv(5, [3, 5], padding=[0, 2]),
        RELU,
        max_pool([3, 2], [2, 1], padding=[1, 0]),
        conv(6, [4, 1], padding=[2, 0]),
        RELU,
        avg_pool([2, 3], [1, 2], padding=[0, 1]),
        conv(3, 2),
        *AVERAGE_HEAD,
    ),
    network(
        "even-kernels",
        (3, 12, 11),
        conv(6, 4, stride=2, padding=1),
        RELU,
        max_pool(2, 1),
        conv(5, [2, 4], padding=[1, 2]),
        avg_pool([4, 2], [2, 1], padding=[1, 0]),
        conv(4, 2, padding=1),
        *AVERAGE_HEAD,
    ),
    # Gaps that no window sees, whose gradient is 0.
    network(
        "stride-over-kernel",
        (1, 17, 16),
        conv(4, 2, stride=3),
        RELU,
        max_pool(1, [2, 1]),
        conv(6, [1, 2], stride=[2, 3]),
        FLATTEN,
        linear(5),
    ),
    network(
        "stride-over-kernel-pools",
        (3, 13, 14),
        conv(5, 1),
        max_pool(2, 3),
        conv(6, 1, stride=[1, 2]),
        RELU,
        avg_pool(1, 2, ceilMode=True),
        conv(3, 1),
        *AVERAGE_HEAD,
    ),
    network("linear-head", (1, 6, 5), FLATTEN, linear(11), RELU, linear(7), RELU, linear(4)),
    network(
        "linear-head-without-bias",
        (3, 7, 6),
        conv(5, 3, bias=False),
        RELU,
        FLATTEN,
        linear(9, bias=False),
        RELU,
        linear(3, bias=False),
    ),
    # A block's ReLU is its last layer's too: scores are never below 0.
    network("nin-block-mlp-0", (2, 8, 8), block(6, 3, []), max_pool(2, 2), block(4, 2, []), *AVERAGE_HEAD),
    network(
        "nin-block-mlp-1", (1, 9, 9), block(7, 5, [5], padding=2), max_pool(3, 2), block(6, 3, [3]), *AVERAGE_HEAD
    ),
    network(
        "nin-block-mlp-2",
        (3, 8, 8),
        block(16, 3, [17, 16], padding=1),
        max_pool(2, 2),
        block(16, 3, [8, 5], padding=1),
        *AVERAGE_HEAD,
    ),
    network(
        "nin-block-mlp-3",
        (3, 9, 8),
        block(5, [3, 2], [4, 6, 5], stride=[2, 1], mlpKernelSize=3),
        max_pool(2, 2, ceilMode=True),
        block(6, 1, [5, 6, 4], mlpKernelSize=[3, 1]),
        *AVERAGE_HEAD,
    ),
    network(
        "nin-block-mlp-4",
        (1, 12, 12),
        block(8, 5, [6, 7, 5, 6], stride=2, padding=1),
        avg_pool(3, 2),
        block(4, 2, [4, 4, 4, 4], mlpKernelSize=3),
        *AVERAGE_HEAD,
    ),
    network(
        "dropout",
        (1, 8, 8),
        dropout(0.1),
        block(6, 3, [5], padding=1),
        max_pool(3, 2, ceilMode=True),
        dropout(0.5),
        conv(6, 3),
        RELU,
        FLATTEN,
        dropout(0.25),
        linear(4),
    ),
    network(
        "every-kind",
        (1, 9, 8),
        block(4, 3, [3], padding=1),
        max_pool(3, 2, ceilMode=True),
        conv(5, [2, 3], stride=[1, 2], padding=1),
        RELU,
        avg_pool(2, 2, padding=1, ceilMode=True),
        dropout(0.5),
        conv(4, 1, bias=False),
        {"kind": "globalAvgPool2d"},
        FLATTEN,
        linear(3),
    ),
    network(
        "wide-convolutions",
        (16, 8, 7),
        conv(24, 5, padding=2),
        RELU,
        conv(20, 3, padding=1),
        RELU,
        conv(3, 3),
        *AVERAGE_HEAD,
    ),
    network(
        "three-channels",
        (3, 6, 7),
        conv(6, 3, padding=1, stride=2),
        RELU,
        conv(6, 2),
        RELU,
        FLATTEN,
        linear(3),
    ),
]

# Equal maxima in overlapping, padded and ceil-mode windows; kernels of 1, since only they are exact in every
# formulation of a convolution.
TIES = network(
    "pool-ties",
    (2, 8, 7),
    conv(3, 1),
    max_pool(3, 2, padding=1),
    conv(4, 1),
    RELU,
    max_pool(2, 1, ceilMode=True),
    conv(4, 1),
    max_pool([1, 2], [1, 2], ceilMode=True),
    avg_pool(2, 2),
    FLATTEN,
    linear(3),
)
