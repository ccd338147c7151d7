"""Files of a board's own file system, whose every change is announced: it stops all interrupts while the flash is written."""

from firmware.hal.files import Files


class AnnouncedFiles(Files):
    """Files, and a Busy that hears of what changes them."""

    def __init__(self, folder: str, busy):
        self._busy = busy
        with busy:
            super().__init__(folder)  # may make it

    def write(self, name: str, pieces) -> bool:
        with self._busy:
            return super().write(name, pieces)

    def rename(self, old: str, new: str) -> None:
        with self._busy:
            super().rename(old, new)

    def remove(self, name: str) -> None:
        with self._busy:
            super().remove(name)
