"""What a person may tell a reader, as lines of text. Runs on MicroPython.

Layout: parse gives ("say", a command of osdp_commands), ("rotate",), ("stats",), ("quit",) or ("error", why).
"""

from firmware.wire.feedback import PATTERNS, osdp_commands
from firmware.wire.osdp_commands import output, text

HELP = "led PATTERN, buzzer PATTERN, text WORDS, output NUMBER on|off, rotate, stats, quit"
_OFF, _ON = 1, 2
_TEXT_BYTES_MAX = 255
_LED, _BUZZER = 0, 1  # places in what osdp_commands makes


def parse(line: str) -> tuple:
    """Read one command."""
    word, _, rest = (line.strip() + " ").partition(" ")
    rest = rest.strip()
    if word in ("led", "buzzer"):
        return _pattern(word, rest)
    if word == "text":
        return _text(rest)
    if word == "output":
        return _output(rest)
    if word not in ("rotate", "stats", "quit"):
        return "error", "no such command: there are %s" % HELP
    return ("error", "%s stands alone" % word) if rest else (word,)


def patterns(word: str) -> list:
    """Return the names of those that have a light, or a sound."""
    place = _BUZZER if word == "buzzer" else _LED
    return sorted([name for name in PATTERNS if len(osdp_commands(name)) > place])


def _pattern(word: str, name: str) -> tuple:
    known = patterns(word)
    if name not in known:
        return "error", "%s needs a pattern: one of %s" % (word, ", ".join(known))
    return "say", osdp_commands(name)[_BUZZER if word == "buzzer" else _LED]


def _text(words: str) -> tuple:
    if not 0 < len(words.encode()) <= _TEXT_BYTES_MAX:
        return "error", "text needs words, at most %d bytes" % _TEXT_BYTES_MAX
    return "say", text(words)


def _output(rest: str) -> tuple:
    words = rest.split()
    if len(words) != 2 or not words[0].isdigit() or int(words[0]) > 255 or words[1] not in ("on", "off"):
        return "error", "write: output NUMBER on|off, the first output is 0"
    return "say", output(int(words[0]), _ON if words[1] == "on" else _OFF)
