"""What an event weighs on the wire: bytes of the messages of a typical day, without MQTT's own head and topic."""
import json

from tools.bench.figure import Figure
from tools.bench.hall import typical_day

BADGE_BYTES_MAX, EVENT_BYTES_MAX = 512, 384


def _logs() -> list[tuple[int, list]]:
    """(bytes, entries) of each message with entries."""
    said = [(len(payload), json.loads(payload)) for payload in typical_day().said()]
    return [(size, message["entries"]) for size, message in said if message["t"] == "log" and message["entries"]]


def bench_bytes_of_badge() -> Figure:
    """A granted badge that travels alone, as each does at a door."""
    sizes = [size for size, entries in _logs() if [entry["type"] for entry in entries] == ["access.granted"]]
    assert len(sizes) > 1000
    return Figure("wire: a granted badge", sum(sizes) / len(sizes), BADGE_BYTES_MAX, "B", less_is_better=True)


def bench_bytes_of_event() -> Figure:
    """All events of the day, each as often as it was sent."""
    logs = _logs()
    mean = sum(size for size, _ in logs) / sum(len(entries) for _, entries in logs)
    return Figure("wire: an event, mean of a day", mean, EVENT_BYTES_MAX, "B", less_is_better=True)
