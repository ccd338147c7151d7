"""Export of a search: CSV for people and spreadsheets, JSON lines for programs. Streams; never more than a page in RAM."""
import csv
import dataclasses
import datetime
import json

from tools.console.history.query import LIMIT_MAX, BadQuery, Query

# Which of somebody's cards it was; format and last digits of one that nobody knows.
_OF_CARDS = ("card", "credential")
_COLUMNS = ("time", "type", "user", "door", "reader", "area", "areas", "reason", "operator", "controller", "inc", "stream", "seq")
# A spreadsheet would take what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(history, query: Query, writer, with_cards: bool, form: str) -> int:
    """Raises: BadQuery; Trouble in the middle of it, with whole lines written."""
    if form not in ("csv", "jsonl"):
        raise BadQuery(f"{form!r} is no form of export: csv or jsonl")
    put = _csv(writer) if form == "csv" else _lines(writer)
    query, count = dataclasses.replace(query, limit=LIMIT_MAX, oldest_first=True, after=None), 0
    while True:
        page = history.search(query)
        for event in page.events:
            put(event if with_cards else without_cards(event))
        count += len(page.events)
        if page.next is None:
            return count
        query = dataclasses.replace(query, after=page.next)


def without_cards(event: dict) -> dict:
    """An event as a viewer may carry it away."""
    return {key: value for key, value in event.items() if key not in _OF_CARDS}


def _lines(writer):
    return lambda event: writer.write(json.dumps(event, ensure_ascii=False) + "\n")


def _csv(writer):
    table = csv.writer(writer, lineterminator="\r\n")
    table.writerow([*_COLUMNS, "more"])
    return lambda event: table.writerow([cell(each) for each in _row(event)])


def _row(event: dict) -> list:
    at = datetime.datetime.fromtimestamp(event["at_ms"] / 1000, datetime.UTC)
    told = {**event, "time": f"{at:%Y-%m-%dT%H:%M:%S}.{event['at_ms'] % 1000:03}Z"}
    more = {key: value for key, value in event.items() if key not in _COLUMNS}
    return [told.get(column) for column in _COLUMNS] + [json.dumps(more, ensure_ascii=False)]


def cell(value) -> str:
    """A value in a table that may be opened with a spreadsheet."""
    if value is None:
        return ""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "'" + text if text.startswith(_FORMULA) else text
