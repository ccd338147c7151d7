"""What the fuzzer feeds in, and the file in which stories are kept. Runs on every interpreter.

Layout of a story: steps with 0x1e between them, each a topic (without the site's root), a line feed and the content of a
message, its MAC not included; or `+` and milliseconds that pass. The content of a story of one step may hold any byte.
Layout of a file: for each story a line with its verdict and its size in bytes, its bytes, and a line feed.
"""

from binascii import crc32

from tests.same_trace import canonical

_BETWEEN = b"\x1e"
WAIT_MS_MAX = 100_000


def steps(story: bytes) -> list:
    """Return [(topic, content)] or [milliseconds] in their order."""
    return [_step(raw) for raw in story.split(_BETWEEN)]


def only_step(story: bytes) -> tuple:
    """Return (topic, content) of a story that is one message."""
    topic, _, content = _parted(story)
    return _text(topic), content


def joined(made: list) -> bytes:
    """Return the story of some steps."""
    return _BETWEEN.join([b"+%d" % step if isinstance(step, int) else step[0].encode("ascii", "replace") + b"\n" + step[1] for step in made])


def _step(raw: bytes):
    if raw[:1] == b"+" and raw[1:].isdigit():
        return int(raw[1:8]) % WAIT_MS_MAX
    return only_step(raw)


def _parted(raw: bytes) -> tuple:
    at = raw.find(b"\n")
    return (raw, b"", b"") if at < 0 else (raw[:at], b"\n", raw[at + 1 :])


def _text(raw: bytes) -> str:
    """Return a topic: of anything but plain letters it has a question mark."""
    return "".join([chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in raw])


def load(path: str):
    """Yield (verdict, story) of a file, one after the other: a board's heap has no room for all."""
    with open(path, "rb") as file:
        line = file.readline()
        while line:
            verdict, size = line.decode().split()
            yield verdict, file.read(int(size))
            file.readline()
            line = file.readline()


def save(path: str, kept: list) -> None:
    """Write [(verdict, story)]."""
    with open(path, "wb") as file:
        for verdict, story in kept:
            file.write(b"%s %d\n" % (verdict.encode(), len(story)) + story + b"\n")


def digest(value) -> str:
    """Return eight digits for a value of JSON's kinds, the same on every interpreter."""
    return "%08x" % crc32(canonical(value).encode())
