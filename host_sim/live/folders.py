"""What the processes of a live site find on the disk: pages of their part, a flash image, and how to reach everybody."""

import json
from pathlib import Path

from firmware.wire.part import Part
from host_sim.flash import SECTORS
from tools.addresses import addressed, addresses
from tools.site.compiler import disk


class Folders:
    """Writes into `folder`. `broker`: settings of an MqttLink, `root` of all topics, `token`: of this site's client ids."""

    def __init__(self, folder: Path, parts: dict[str, Part], broker: dict, root: str, token: str):
        self._folder, self._common = folder, {"broker": broker, "root": root, "sectors": SECTORS}
        self._token = token
        with disk.written(parts, folder / "parts") as finish:
            finish()

    def log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def keys(self, name: str, flash: str = "") -> str:
        """Return the folder in which a controller keeps its readers' keys."""
        return (flash or str(self._folder / f"{name}.flash")) + ".keys"

    def configure(self, name: str, pins: list, flash: str = "", turn: int = 0, found: list | None = None) -> Path:
        """Write the configuration of a controller's process. `pins`: [host, port] where the simulator listens.

        `turn`: with which of the broker's addresses it begins; `found`: these, as it finds them, if not as all others do.
        """
        path = self._folder / f"{name}.json"
        broker = self._common["broker"] | addressed(found or addresses(self._common["broker"]), turn)
        own = {"part": str(self._folder / "parts" / name), "flash": flash or str(self._folder / f"{name}.flash")}
        own |= {"broker": broker, "pins": pins, "client_id": f"{self._token}-{name}"}
        path.write_text(json.dumps(self._common | own))
        return path
