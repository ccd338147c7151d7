"""OSDP readers: the commands that give them keys, and what became of it, which takes longer than an answer."""

import time

import click

from tools.backstop import shown
from tools.backstop.commands import say, told
from tools.backstop.errors import Refused, Unreachable
from tools.backstop.line import Line, looking
from tools.backstop.live import Live
from tools.backstop.names import Name
from tools.backstop.orders import Orders, addressees, check
from tools.backstop.station import Station

_PAIR_S, _ROTATE_S = 65, 20  # the window is open for a minute
_NEWS = ("reader.paired", "command.refused")


@click.group()
def readers() -> None:
    """OSDP readers: give them keys.

    A reader is paired once, when it is installed: it must be as from the factory (each vendor has a way to reset one).
    Its controller draws the key and keeps it; nobody sees it, and a board that is replaced has to pair its readers again.
    """


def _key(verb: str, limit_s: float, help: str) -> click.Command:
    @click.pass_obj
    def give(station: Station, reader: str, as_json: bool, reason: str) -> None:
        fields = {"reader": reader, "reason": reason}
        (controller,) = addressees(station.site, verb, fields)
        with looking(station, f"reply/{station.operator}", f"log/{controller}") as line:
            outcome = Orders(line).give(verb, fields)
            if outcome.done and not as_json:
                say(outcome)
            check(outcome)
            event = _await(line, outcome.nonce, limit_s)
        if as_json:
            shown.as_json(told(verb, outcome) | {"event": event})
        if event is None:
            raise Unreachable(f"nothing was heard of reader {reader} within {limit_s} s")
        if event["type"] == "command.refused":
            raise Refused(event["reason"])
        if not as_json:
            click.echo(f"{reader}: has a new key, and has proved it")

    params = [
        click.Argument(["reader"], type=Name("readers")),
        click.Option(["--reason"], default="", help="Why; it is kept with the event."),
        click.Option(["--json", "as_json"], is_flag=True, help="For scripts."),
    ]
    return click.Command(verb, callback=give, params=params, help=help)


def _await(line: Line, nonce: str, limit_s: float) -> dict | None:
    """Return the event that tells what became of a command, or None."""
    live, end_s = Live(line), time.monotonic() + limit_s
    while (left_s := end_s - time.monotonic()) > 0:
        for event in live.take(left_s):
            if isinstance(event, dict) and event.get("nonce") == nonce and event["type"] in _NEWS:
                return event
    return None


readers.add_command(_key("pair", _PAIR_S, "Give a new reader its first key, within a minute from now."))
readers.add_command(_key("rotate", _ROTATE_S, "Give a reader another key."))
