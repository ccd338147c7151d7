"""Events with their times in seconds since the world's start."""


def in_seconds(event: dict, start_ms: int) -> dict:
    """Return an event with `at`, and the times of its `because`, in seconds; `start_ms` is Unix time."""
    told = {**event, "at": _seconds(event["at_ms"], start_ms)}
    if "because" in event:
        times = {key: _seconds(event["because"][key], start_ms) for key in ("at", "since", "expires")}
        told["because"] = {**event["because"], **times}
    return told


def _seconds(at_ms: int | None, start_ms: int) -> float | None:
    return None if at_ms is None else round((at_ms - start_ms) / 1000, 3)
