"""A fixture as text, and two fixtures compared."""

import json

TOLERANCE = 1e-12


def to_text(fixture):
    return lines(fixture, 0) + "\n"


def lines(value, depth):
    """JSON with a line for each tensor, so that a changed number is a small difference in a review."""
    content = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    nested = any(isinstance(each, dict) for _, each in content)
    if not nested and depth > 0:
        return json.dumps(value, allow_nan=False)
    indent = " " * (depth + 1)
    if isinstance(value, list):
        parts = [indent + lines(each, depth + 1) for each in value]
        return "[\n" + ",\n".join(parts) + "\n" + " " * depth + "]"
    parts = [f"{indent}{json.dumps(name)}: {lines(each, depth + 1)}" for name, each in value.items()]
    return "{\n" + ",\n".join(parts) + "\n" + " " * depth + "}"


def differences(actual, expected, path=""):
    """Where two fixtures differ: numbers by more than 1e-12 of themselves, or of 1 when they are smaller."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        names = [*actual, *(name for name in expected if name not in actual)]
        found = [
            differences(actual.get(name), expected.get(name), f"{path}.{name}" if path else name) for name in names
        ]
        return [one for each in found for one in each]
    if isinstance(actual, list) and isinstance(expected, list) and len(actual) == len(expected):
        found = [differences(*pair, f"{path}[{index}]") for index, pair in enumerate(zip(actual, expected))]
        return [one for each in found for one in each]
    if isinstance(actual, float) and isinstance(expected, (int, float)):
        same = abs(actual - expected) <= TOLERANCE * max(1, abs(expected))
    else:
        same = actual == expected
    return [] if same else [f"{path}: {actual} now, {expected} in the file"]
