"""Whether a board's heap has room for a controller whose code is loaded into it, as files are.

The figures are from the 32-bit MicroPython, as tests/host/test_plain_heap.py measures them; that code in place takes a third of it.
"""

CODE_BYTES = 280_000  # of what FILES_BYTES says
FILES_BYTES = 420_000  # of a whole controller of four doors at a broker, without anybody, with some to spare
PERSON_BYTES = 68
_RECORD_BYTES = 16  # of the table of people


def needed(people: int) -> int:
    """Return how many bytes of heap such a controller takes."""
    return FILES_BYTES + people * PERSON_BYTES


def people(own: dict[str, bytes]) -> int:
    """Return how many people a controller's own files name."""
    return sum(len(content) for path, content in own.items() if path.startswith("part/people.")) // _RECORD_BYTES


def shortage(heap_bytes: int, own: dict[str, bytes]) -> str | None:
    """Return what to say of a board with so many bytes of heap, or None."""
    wanted = needed(people(own))
    if heap_bytes >= wanted:
        return None
    return (
        f"THIS BOARD WILL NOT START. Its heap has {heap_bytes:,} bytes, and a controller whose code lies in files takes about {wanted:,}, "
        f"{CODE_BYTES:,} of them for the code alone. It takes a board with PSRAM, or a MicroPython with ROM file systems (MICROPY_VFS_ROM), "
        "by which code runs in place. Until then its outputs stay as they are without power"
    )
