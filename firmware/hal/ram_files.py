"""Files without a disk, with the rules of real ones: a write may be torn by a power cut, a rename may not."""

from firmware.hal.nor import PowerCut


class RamFiles:
    """What `Files` offers, in memory. `operations` counts writes, renames and removals.

    Raises: PowerCut in the operation whose number is `cut_at` (the next is `operations` + 1), and from then on until `restore`.
        The write leaves `torn` of its bytes, per mille; a rename or removal has happened where `torn` is 1000.
    Limits: `bytes_max` in all files together; what is more is not written.
    """

    def __init__(self, bytes_max: int = 1 << 20):
        self.bytes_max = bytes_max
        self.operations, self.cut_at, self.torn = 0, None, 500
        self._is_off = False
        self._files = {}

    def restore(self) -> None:
        """Power is back."""
        self._is_off, self.cut_at = False, None

    def size(self, name: str) -> int | None:
        self._need_power()
        return len(self._files[name]) if name in self._files else None

    def read(self, name: str, offset: int, size: int) -> bytes:
        self._need_power()
        return self._files.get(name, b"")[offset : offset + size]

    def write(self, name: str, pieces) -> bool:
        data = b"".join([bytes(piece) for piece in pieces])
        others = sum([len(self._files[other]) for other in self._files if other != name])
        is_cut = self._begin()
        if is_cut:
            data = data[: len(data) * self.torn // 1000]
        elif others + len(data) > self.bytes_max:
            return False
        self._files[name] = data
        self._end(is_cut)
        return True

    def rename(self, old: str, new: str) -> None:
        is_cut = self._begin()
        if not is_cut or self.torn == 1000:
            self._files[new] = self._files.pop(old)
        self._end(is_cut)

    def remove(self, name: str) -> None:
        if name not in self._files:
            return
        is_cut = self._begin()
        if not is_cut or self.torn == 1000:
            self._files.pop(name)
        self._end(is_cut)

    def names(self):
        self._need_power()
        for name in sorted(self._files):
            yield name

    def _begin(self) -> bool:
        self._need_power()
        self.operations += 1
        return self.operations == self.cut_at

    def _end(self, is_cut: bool) -> None:
        if is_cut:
            self._is_off = True
            raise PowerCut

    def _need_power(self) -> None:
        if self._is_off:
            raise PowerCut
