"""The built-in networks and those of the studies as plain torch modules, written by hand: nothing of our formats is read.

Each takes its numbers from the tutorial's or the authors' text, with the features before a linear layer counted by hand.
"""

from torch import nn


def nin_block(in_channels, out_channels, kernel, stride=1, padding=0, mlp=None, mlp_kernel=1):
    """A convolution and those of `mlp` channels behind it, each with a ReLU; two 1x1 of the same width by default."""
    layers = [nn.Conv2d(in_channels, out_channels, kernel, stride, padding), nn.ReLU()]
    channels = out_channels
    for width in [out_channels, out_channels] if mlp is None else mlp:
        layers += [nn.Conv2d(channels, width, mlp_kernel, padding=mlp_kernel // 2), nn.ReLU()]
        channels = width
    return nn.Sequential(*layers)


def global_average():
    return [nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten()]


def one_linear(features, classes=10):
    return [nn.Flatten(), nn.Linear(features, classes)]


def fully_connected(features, classes=10):
    """AlexNet's head."""
    return [
        nn.Flatten(),
        nn.Linear(features, 4096),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(4096, classes),
    ]


def nin_features(mlp_convs=2, mlp_kernel=1):
    """The tutorial's network up to its 384x5x5 maps."""

    def block(in_channels, out_channels, *window):
        return nin_block(in_channels, out_channels, *window, mlp=[out_channels] * mlp_convs, mlp_kernel=mlp_kernel)

    return [
        block(1, 96, 11, 4, 0),
        nn.MaxPool2d(3, stride=2),
        block(96, 256, 5, 1, 2),
        nn.MaxPool2d(3, stride=2),
        block(256, 384, 3, 1, 1),
        nn.MaxPool2d(3, stride=2),
        nn.Dropout(0.5),
    ]


def nin(mlp_convs=2, mlp_kernel=1, linear_head=False):
    last = nin_block(384, 10, 3, 1, 1, mlp=[10] * mlp_convs, mlp_kernel=mlp_kernel)
    head = one_linear(10 * 5 * 5) if linear_head else global_average()
    return [*nin_features(mlp_convs, mlp_kernel), last, *head]


def nin_mnist_block(in_channels, widths, mlp_convs=2, mlp_kernel=1):
    """A block of the authors' network: three widths, of which the inner one goes or repeats and the last stays."""
    first, inner, last = widths
    if mlp_convs == 0:
        return nin_block(in_channels, last, 5, padding=2, mlp=[])
    mlp = [inner] * (mlp_convs - 1) + [last]
    return nin_block(in_channels, first, 5, padding=2, mlp=mlp, mlp_kernel=mlp_kernel)


def nin_mnist_features(mlp_convs=2, mlp_kernel=1):
    """The authors' network up to its 48x7x7 maps."""
    return [
        nin_mnist_block(1, (96, 64, 48), mlp_convs, mlp_kernel),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        nn.Dropout(0.5),
        nin_mnist_block(48, (128, 96, 48), mlp_convs, mlp_kernel),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        nn.Dropout(0.5),
    ]


def nin_mnist(mlp_convs=2, mlp_kernel=1, linear_head=False):
    last = nin_mnist_block(48, (128, 96, 10), mlp_convs, mlp_kernel)
    head = one_linear(10 * 7 * 7) if linear_head else global_average()
    return [*nin_mnist_features(mlp_convs, mlp_kernel), last, *head]


def alexnet(features):
    return [
        nn.Conv2d(1, 96, 11, stride=4, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(96, 256, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(256, 384, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        *fully_connected(features),
    ]


def vgg11(features):
    layers, channels = [], 1
    for convolutions, width in ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)):
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2, stride=2))
    return [*layers, *fully_connected(features)]


def family_member(width, depths, stem=False):
    """A member of the depth family; with the stem for 224x224."""
    layers, channels = [], 1
    if stem:
        layers += [nin_block(1, width, 11, 4, 5), nn.MaxPool2d(3, stride=2, ceil_mode=True)]
        channels = width
    for stage, depth in enumerate(depths):
        if stage > 0:
            layers.append(nn.MaxPool2d(3, stride=2, ceil_mode=True))
        for position in range(depth):
            is_last = stage == 2 and position == depth - 1
            if is_last:
                layers.append(nn.Dropout(0.5))
            out_channels = width << stage
            mlp = [out_channels, 10 if is_last else out_channels]
            layers.append(nin_block(channels, out_channels, 3, 1, 1, mlp))
            channels = out_channels
    return [*layers, *global_average()]
