"""The configuration that a board was flashed with: a folder of pages, as the site compiler writes it.

Layout: manifest.json with the version and the SHA-256 of each page, and <table>.<number>.
"""

import json


class PartFolder:
    """What a config Store wants of a factory. Raises: OSError."""

    def __init__(self, folder: str):
        self._folder = folder
        with open(folder + "/manifest.json") as file:
            told = json.load(file)
        self.version = told["version"]
        self._shas = {}
        for table in told["pages"]:
            self._shas[table] = b"".join([bytes.fromhex(row["sha256"]) for row in told["pages"][table]])

    def count(self, table: str) -> int:
        return len(self._shas[table]) // 32

    def page(self, table: str, number: int) -> bytes:
        return self.read(table, number, 0, -1)

    def read(self, table: str, number: int, offset: int, size: int) -> bytes:
        """Return a piece of a page."""
        with open("%s/%s.%d" % (self._folder, table, number), "rb") as file:
            file.seek(offset)
            return file.read(size)

    def sha(self, table: str, number: int) -> bytes:
        """Return the SHA-256 of a page."""
        return self._shas[table][number * 32 : number * 32 + 32]
