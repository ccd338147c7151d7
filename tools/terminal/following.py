"""What a board prints, as it comes. Nothing is sent, so nothing is stopped."""

import codecs
import time
from collections.abc import Callable, Iterable, Iterator

from serial import SerialException

from tools.build import tree
from tools.deploy.board import opened
from tools.deploy.problem import Problem

_LOOK_S = 0.2


def follow(port: str, tell: Callable = lambda told: None) -> Iterator[str]:
    """Yield text as it comes, without end. A port of USB goes when its board starts again: then it is waited for.

    Raises: Problem, where the port cannot be opened at first.
    """
    line = opened(port).serial
    while True:
        yield from _until_gone(line)
        tell("the board is gone; waiting for it")
        line = _opened_again(port)
        tell("the board is back")


def with_sources(pieces: Iterable[str], lines: list[tuple[int, str]]) -> Iterator[str]:
    """Yield what a board prints with the places of tracebacks as those in the sources. `lines`: of the build that it runs."""
    held = ""
    for piece in pieces:
        *whole, held = (held + piece).split("\n")
        yield from [tree.located(line, lines) + "\n" for line in whole]
        if not held.lstrip().startswith("F"):  # it may become a place
            yield held
            held = ""


def _until_gone(line) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    line.timeout = _LOOK_S
    try:
        while True:
            text = decoder.decode(line.read(line.in_waiting or 1))
            if text:
                yield text
    except (SerialException, OSError):
        line.close()


def _opened_again(port: str):
    while True:
        try:
            return opened(port).serial
        except Problem:
            time.sleep(_LOOK_S)
