"""A board's flash as the simulator keeps it: what was written survives the power, what was on its way does not."""

import json

WRITE_MS = 2


class Flash:
    """Appended entries, as bytes. The newest entry of one (origin, stream, seq) counts."""

    def __init__(self):
        self._entries: list[bytes] = []

    def append(self, event: dict) -> None:
        self._entries.append(json.dumps(event).encode())

    def snapshot(self) -> tuple:
        """Return all that is stored."""
        return tuple(self._entries)

    def load(self, image: tuple) -> None:
        """Hold what an image holds, and nothing else."""
        self._entries = list(image)

    def events(self) -> list[dict]:
        """Return what is stored, in the order it was first written."""
        newest = {}
        for entry in self._entries:
            event = json.loads(entry)
            newest[_key(event)] = event
        return list(newest.values())


def _key(event: dict) -> tuple:
    return (event["controller"], event["inc"], event["stream"], event["seq"])
