"""Events as lines of JSON: the same event, the same bytes."""

import json

# What tells most comes first; any other field follows by name.
_ORDER = (
    "controller inc seq type door reader area user card kind mode reason presence "
    "areas judge after violates because by operator"
).split()
# What boards know beside it, and people need not read.
_UNPRINTED = {"at", "at_ms", "stamp", "err_ms", "stream", "no", "nonce", "up_ms"}
_RANK = {key: rank for rank, key in enumerate(_ORDER)}


def line(event: dict) -> str:
    """One event as one line. Units: `at` seconds, to the millisecond."""
    keys = sorted(event.keys() - _UNPRINTED, key=lambda key: (_RANK.get(key, len(_ORDER)), key))
    rest = json.dumps({key: _sorted(event[key]) for key in keys})
    return f'{{"at": {event["at"]:.3f}, {rest[1:]}'


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_sorted(item) for item in value]
    return value


def summary(file: str, passed: int, failed: int) -> str:
    """The last line of a file's output."""
    return json.dumps({"scenario": file, "passed": passed, "failed": failed})
