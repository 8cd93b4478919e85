"""Results as JSON lines, so that a long measurement can be continued."""

import json


def read_records(path):
    """The whole lines of a file; a last line that was cut off is left out."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def append_record(path, record):
    records = [*read_records(path), record]
    partial = path.with_suffix(".part")
    partial.write_text("".join(json.dumps(one) + "\n" for one in records))
    partial.replace(path)
