"""What a broker keeps: the last retained message of each topic; and which topics a filter means."""


class Broker:
    """Retained messages of one group of stations. `versions` count up over all brokers, so that the newest can be told."""

    def __init__(self, others=()):
        self._kept: dict[str, tuple[int, bytes]] = {}  # topic -> (version, payload)
        for other in others:
            for topic, kept in other._kept.items():
                self._kept[topic] = max(kept, self._kept.get(topic, kept))

    def keep(self, topic: str, payload: bytes, version: int) -> None:
        """Keep a message in place of the one before. An empty one takes it away."""
        if payload:
            self._kept[topic] = (version, payload)
        else:
            self._kept.pop(topic, None)

    def kept(self, topic: str) -> bytes | None:
        return self._kept[topic][1] if topic in self._kept else None

    def all_kept(self) -> list[tuple[str, bytes]]:
        """Return (topic, payload) of everything that is kept, by topic."""
        return [(topic, self._kept[topic][1]) for topic in sorted(self._kept)]


def is_meant(topic: str, wanted: str) -> bool:
    """Say whether a filter means a topic: `+` stands for one part of it, no more."""
    parts, names = wanted.split("/"), topic.split("/")
    return len(parts) == len(names) and all(part in ("+", name) for part, name in zip(parts, names, strict=True))
