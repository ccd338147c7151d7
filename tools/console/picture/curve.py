"""How many people were inside an area from a moment on: what moved them, in the order of time."""
import dataclasses
from collections.abc import Iterator

from firmware.core import events
from firmware.core.standing import IN, OUT
from tools.console.history import History, Query
from tools.console.picture.fold import Fold
from tools.console.picture.plan import Plan
from tools.site.rules.inside import around

_ALL = None  # moves everybody out
_MOVES_MAX = 100_000


def curve(plan: Plan, fold: Fold, history: History, area: str, since_ms: int, until_ms: int) -> list[tuple[int, int]]:
    """(when, how many from then on), the first at `since_ms`. Limits: the first 100,000 movements."""
    moves = sorted(_moves(plan, fold, history, area, since_ms, until_ms), key=lambda move: move[0])[:_MOVES_MAX]
    rules = fold.rules()[area]
    inside = _at_first(fold, area, since_ms, moves)
    points = [(since_ms, len(inside))]
    for at_ms, no, is_in in [*moves, (until_ms, _ALL, True)]:
        _expire(inside, points, rules, at_ms)
        if no is _ALL:
            inside = inside if is_in else {}
        elif is_in:
            inside[no] = at_ms
        else:
            inside.pop(no, None)
        if len(inside) != points[-1][1]:
            points.append((at_ms, len(inside)))
    return points


def _at_first(fold: Fold, area: str, since_ms: int, moves: list[tuple]) -> dict[int, int]:
    """{who was inside: since when}: those whom nothing has moved since, and those whose first move since is out."""
    inside, seen = {}, set()
    for _, no, is_in in moves:
        if no is not _ALL and no not in seen:
            seen.add(no)
            if not is_in:
                inside[no] = since_ms
    for no in fold.known(area):
        standing = fold.standing(area, no)
        if no not in seen and standing.presence == IN and standing.at_ms < since_ms:
            inside[no] = standing.at_ms
    _expire(inside, [], fold.rules()[area], since_ms)
    return inside


def _expire(inside: dict[int, int], points: list, rules, at_ms: int) -> None:
    """Let `presence_timeout_s` act up to a time."""
    timeout_ms = rules["presence_timeout_s"] * 1000
    if not timeout_ms:
        return
    for no, since_ms in sorted(inside.items(), key=lambda each: each[1]):
        if since_ms + timeout_ms > at_ms:
            break
        del inside[no]
        points.append((since_ms + timeout_ms, len(inside)))


def _moves(plan: Plan, fold: Fold, history: History, area: str, since_ms: int, until_ms: int) -> Iterator[tuple]:
    """(when, who or _ALL, whether in)."""
    rules, outer = fold.rules()[area], around(plan.site, area)
    query = Query(area=area, since_ms=since_ms, until_ms=until_ms, limit=1000, oldest_first=True)
    is_by_entry = rules["moves_on"] == "entry"
    for event in all_of(history, dataclasses.replace(query, types=("access.granted", "apb.moved", "apb.reset"))):
        if event["type"] == "apb.moved":
            yield event["at_ms"], event["no"], event["presence"] == IN
        elif event["type"] == "apb.reset":
            yield event["at_ms"], _ALL, False
        elif not is_by_entry:
            yield event["at_ms"], event["no"], event["judge"][area][0] == IN
    for reader, place in plan.readers.items() if is_by_entry else ():
        if area in place["areas"]:
            entered = dataclasses.replace(query, area=None, reader=reader, types=("access.entered",))
            for event in all_of(history, entered):
                yield event["at_ms"], event["no"], place["areas"][area] == IN
    for name in outer:
        for event in all_of(history, dataclasses.replace(query, area=name, types=("access.granted",))):
            if event["judge"][name][0] == OUT:
                yield event["at_ms"], event["no"], False
    if rules["after_emergency"] == "reset":
        yield from ((at_ms, _ALL, False) for _, at_ms in fold.emergency.ends() if since_ms <= at_ms < until_ms)
    moment_ms = rules.reset_after(since_ms)
    while moment_ms is not None and moment_ms < until_ms:
        yield moment_ms, _ALL, False
        moment_ms = rules.reset_after(moment_ms)


def all_of(history: History, query: Query) -> Iterator[dict]:
    """All events of a search, page by page. What no fold reads is left out."""
    while True:
        page = history.search(query)
        yield from (event for event in page.events if events.is_fact(event) or event["stream"] == "site")
        if page.next is None:
            return
        query = dataclasses.replace(query, after=page.next)
