"""Measure one thing after the other on a board. What it cannot do is named, never passed over."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from firmware.wire.wiegand_texts import encode_card
from tools.build import compiling
from tools.deploy.board import Board
from tools.deploy.deploying import VERSION_MIN
from tools.deploy.problem import Raised
from tools.site.compiler.release import release
from tools.smoke import checks
from tools.smoke.checks import Check, Limit, Wishes

_HERE = Path("tools/smoke")
_EXAMPLE = _HERE.parents[0] / "site/examples/one-door.toml"
_CARD, _READER, _DOOR = "H10301:12:3456", "outside", "front"
_FOLDER = "/smoke"
OK, MISSED, NOT_MEASURED, TOLD = "ok", "MISSED", "not measured", ""


class Row(NamedTuple):
    """verdict: one of the four above. `why` something was not measured."""

    what: str
    figure: float | str | None
    unit: str
    expected: str
    verdict: str
    why: str = ""


def measure(board: Board, wishes: Wishes, tell: Callable = lambda what: None) -> Iterator[Row]:
    """Yield the rows as they come. `tell(what)`: that something begins. Raises: Problem, where the board is gone."""
    facts = board.facts()
    yield Row("chip and board", facts.machine, "", "", TOLD)
    least = ".".join(map(str, VERSION_MIN))
    yield Row("MicroPython", ".".join(map(str, facts.version)), "", f"at least {least}", OK if facts.version[:2] >= VERSION_MIN else MISSED)
    texts = compiling.planned().texts  # as they use the release of this checkout: that is what the board has to run
    for name, group in _groups(board, wishes):
        board.load(texts[_HERE / f"aboard_{name}.py"])
        for check in group():
            tell(check.rows[0].what)
            yield from _measured(board, check)
    yield from _left_out(wishes)


def _groups(board: Board, wishes: Wishes) -> tuple:
    """(file of the functions, what to measure with them): one after the other, for what is loaded takes heap."""
    return (
        ("chip", lambda: checks.CHIP),
        ("pins", lambda: checks.pins(wishes)),
        ("firmware", lambda: (_badge(board), *checks.FIRMWARE)),
    )


def _measured(board: Board, check: Check) -> Iterator[Row]:
    try:
        found = board.call(check.call, *check.args)
    except Raised as raised:
        yield from (Row(limit.what, None, limit.unit, _expected(limit), NOT_MEASURED, str(raised)) for limit in check.rows)
        return
    if check.call == "labels":
        yield _partitions(check.rows[0], found)
        return
    for limit, value in zip(check.rows, found if isinstance(found, tuple) else (found,), strict=True):
        yield _judged(limit, value)


def _partitions(limit: Limit, found: list) -> Row:
    missing = sorted(checks.WANTED_LABELS - set(found))
    expected = ", ".join(sorted(checks.WANTED_LABELS))
    return Row(limit.what, ", ".join(found), "", expected, MISSED if missing else OK, f"missing: {', '.join(missing)}" if missing else "")


def _judged(limit: Limit, value: float) -> Row:
    if limit.least is None and limit.most is None:
        return Row(limit.what, value, limit.unit, "", TOLD)
    is_low, is_high = limit.least is not None and value < limit.least, limit.most is not None and value > limit.most
    return Row(limit.what, value, limit.unit, _expected(limit), MISSED if is_low or is_high else OK)


def _expected(limit: Limit) -> str:
    if limit.least is not None and limit.least == limit.most:
        return f"{limit.least:,g}"
    words = (("at least", limit.least), ("at most", limit.most))
    return " ".join(f"{word} {value:,g}" for word, value in words if value is not None)


def _badge(board: Board) -> Check:
    """Bring a site of one door, and say which badge is to be tried there."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / _EXAMPLE.name
        file.write_bytes(_EXAMPLE.read_bytes())
        release(file, Path(folder) / "parts", is_new_site=True)
        for path in sorted((Path(folder) / "parts/c1").iterdir()):
            board.put(f"{_FOLDER}/{path.name}", path.read_bytes())
    return checks.badge(_FOLDER, _READER, _DOOR, encode_card(_CARD))


def clean(board: Board) -> None:
    """Take away what was brought."""
    if board.call("exists", _FOLDER):
        board.call("remove", _FOLDER)


def _left_out(wishes: Wishes) -> Iterator[Row]:
    if not wishes.loops:
        yield Row("interrupts", None, "", "", NOT_MEASURED, "a wire from an output to an input: LOOP=OUT,IN")
    if len(wishes.loops) != 2:
        yield Row("Wiegand", None, "", "", NOT_MEASURED, 'two such wires: LOOP="OUT,IN OUT,IN"')
    if not wishes.board:
        yield Row("relays", None, "", "", NOT_MEASURED, "nothing was switched; RELAYS=1 lets each click, with no lock on it")
