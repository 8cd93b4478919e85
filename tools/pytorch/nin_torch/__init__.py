"""Our architectures, recipes and random numbers in PyTorch, to compare backends with."""
