"""The networks and training runs of the conformance suite, and PyTorch's answers to them."""
