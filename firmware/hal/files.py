"""Files in one folder, as littlefs and a PC have them: written as a whole, renamed over another in one step."""

import os

try:
    _names = os.ilistdir  # one at a time: a list of all takes much of a heap
except AttributeError:

    def _names(folder: str):
        return [(name,) for name in os.listdir(folder)]


class Files:
    """What cannot be read is not there; what cannot be written is said so. `folder` is made where it is missing."""

    def __init__(self, folder: str):
        self._folder = folder
        try:
            os.mkdir(folder)
        except OSError:
            pass  # it is there; or it cannot be made, and every write will say so

    def size(self, name: str) -> int | None:
        """Return how long a file is, or None where there is none."""
        try:
            return os.stat(self._path(name))[6]
        except OSError:
            return None

    def read(self, name: str, offset: int, size: int) -> bytes:
        """Return a part of a file, as much as there is."""
        try:
            with open(self._path(name), "rb") as file:
                file.seek(offset)
                return file.read(size)
        except OSError:
            return b""

    def write(self, name: str, pieces) -> bool:
        """Write a file anew. Closing it puts it into the flash; power may go before, and leave part of it."""
        try:
            with open(self._path(name), "wb") as file:
                for piece in pieces:
                    file.write(piece)
            return True
        except OSError:
            return False

    def rename(self, old: str, new: str) -> None:
        """Let a file take the name, and the place, of another. In one step: power may go before or after."""
        os.rename(self._path(old), self._path(new))

    def remove(self, name: str) -> None:
        """Remove a file, if there is one."""
        try:
            os.remove(self._path(name))
        except OSError:
            pass

    def names(self):
        """Yield the names of all files. Some may be removed meanwhile."""
        for entry in _names(self._folder):
            yield entry[0]

    def _path(self, name: str) -> str:
        return self._folder + "/" + name
