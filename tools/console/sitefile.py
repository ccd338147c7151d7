"""The site file as it is now: read again when it has changed. One that cannot be used leaves the last good one in force."""

import threading
from pathlib import Path

from tools.site.check import load
from tools.site.errors import SiteError
from tools.site.model import Site


class SiteFile:
    """`SiteFile(path)()` is the site. `fault`: what is wrong with the file now, in words, or None.

    Raises, when made: SiteError, OSError.
    """

    def __init__(self, path: Path):
        self._path = path
        self._lock = threading.Lock()
        self._mark = self._marked()
        self._site = load(path)
        self.fault: str | None = None

    def __call__(self) -> Site:
        with self._lock:
            mark = self._marked()
            if mark != self._mark:
                self._mark = mark
                self._read()
            return self._site

    def _read(self) -> None:
        try:
            self._site, self.fault = load(self._path), None
        except (SiteError, OSError) as error:
            self.fault = str(error)

    def _marked(self) -> tuple | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
