"""Where the broker is: at one address, or at those of a cluster's nodes, of which the next is tried when one fails."""


class Addresses:
    """The addresses in the settings of a link: "host" and "port", then "others", [[host, port], ...], where it has those."""

    def __init__(self, settings: dict):
        self._all = [settings]
        for host, port in settings.get("others", ()):
            other = dict(settings)
            other["host"], other["port"] = host, port
            self._all.append(other)
        self._place = 0

    def settings(self) -> dict:
        """Return the settings with the address that is to be tried."""
        return self._all[self._place]

    def failed(self) -> None:
        """Turn to the next address, after the last to the first."""
        self._place = (self._place + 1) % len(self._all)
