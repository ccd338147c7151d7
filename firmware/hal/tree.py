"""The whole flash of a board as files in folders, whose every change is announced. Paths begin at its root, without a slash."""

import os

from firmware.hal.announced_files import AnnouncedFiles


class Tree(AnnouncedFiles):
    """AnnouncedFiles, and folders. `root`: "" on a board."""

    def patch(self, name: str, offset: int, pieces) -> bool:
        """Write into a file, or at its end; make it and its folders where they are missing. False: there is no room."""
        path = self._path(name)
        with self._busy:
            if not offset:
                self._make_folders(name)
            try:
                with open(path, "wb" if self.size(name) is None else "r+b") as file:
                    file.seek(offset)
                    for piece in pieces:
                        file.write(piece)
                return True
            except OSError:
                return False

    def _make_folders(self, name: str) -> None:
        parts = name.split("/")
        for count in range(1, len(parts)):
            try:
                os.mkdir(self._path("/".join(parts[:count])))
            except OSError:
                pass  # it is there, or writing the file will say why not

    def remove(self, name: str) -> None:
        """Remove a file, or an empty folder, if there is one."""
        super().remove(name)
        with self._busy:
            try:
                os.rmdir(self._path(name))
            except OSError:
                pass  # it was no folder

    def below(self, folder: str):
        """Yield (path, whether it is a file) of all that a folder holds, each folder after what it holds. Some may be removed meanwhile."""
        names = self._listed(folder)
        for name in names:
            path = folder + "/" + name
            is_file = not os.stat(self._path(path))[0] & 0x4000
            if not is_file:
                for found in self.below(path):
                    yield found
            yield (path, is_file)

    def _listed(self, folder: str) -> list:
        """Return a list, not an iterator: what is removed must not disturb it."""
        try:
            return os.listdir(self._path(folder))
        except OSError:
            return []

    def free(self) -> int:
        """Return how many bytes are free."""
        room = os.statvfs(self._path(""))
        return room[0] * room[3]
