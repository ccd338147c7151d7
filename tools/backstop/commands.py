"""The commands that do something: each is signed, and done by controllers or not at all."""

import click

from tools.backstop import shown
from tools.backstop.line import looking
from tools.backstop.names import Name
from tools.backstop.orders import Orders, Outcome, check
from tools.backstop.station import Station

_AREA, _USER, _DOOR = Name("areas"), Name("users"), Name("doors")
_INC = click.IntRange(1, 0xFFFFFFFF)


def _order(name: str, *params: click.Parameter, help: str, make=dict, action: str | None = None) -> click.Command:
    """A command of that name; `make` turns its parameters into the fields that go to the controllers."""

    @click.pass_obj
    def give(station: Station, as_json: bool, reason: str, **given) -> None:
        _give(station, action or name, make(**given) | {"reason": reason}, as_json)

    more = [
        click.Option(["--reason"], default="", help="Why; it is kept with the event."),
        click.Option(["--json", "as_json"], is_flag=True, help="For scripts."),
    ]
    return click.Command(name, callback=give, params=[*params, *more], help=help)


def _give(station: Station, action: str, fields: dict, as_json: bool) -> None:
    with looking(station, f"reply/{station.operator}") as line:
        outcome = Orders(line).give(action, fields)
    if as_json:
        shown.as_json(told(action, outcome))
    elif outcome.done:
        say(outcome)
    check(outcome)


def told(action: str, outcome: Outcome) -> dict:
    replies = {name: reply.model_dump(include={"done", "refused", "event", "note"}) for name, reply in outcome.replies.items()}
    return {"action": action, "nonce": outcome.nonce, "replies": replies, "silent": outcome.silent, "offline": outcome.offline}


def say(outcome: Outcome) -> None:
    """Say who has done it; on stderr who has not."""
    for name, reply in outcome.replies.items():
        if reply.refused is None:
            before = " already" if reply.done == "before" else ""  # it has heard of another's act under the same nonce
            event = f": {reply.event['type']}" if reply.event else ""
            click.echo(f"{name}: done{before}{event}" + (f"; {reply.note}" if reply.note else ""))
        else:
            click.echo(f"{name}: refused: {reply.refused}", err=True)
    for names, remark in ((outcome.silent, "no answer"), (outcome.offline, "offline, not asked")):
        for name in names:
            click.echo(f"{name}: {remark}", err=True)


def _argument(name: str, kind: click.ParamType, **more) -> click.Argument:
    return click.Argument([name], type=kind, **more)


def _doors(doors: tuple[str, ...]) -> dict:
    return {"doors": sorted(set(doors))}


def _emergency(what: str, controller: str | None) -> dict:
    if controller and what == "start":
        raise click.UsageError("--controller is for the end of an emergency")
    return {"active": what == "start"} | ({"controller": controller} if controller else {})


def _peer(controller: str, inc: int | None) -> dict:
    return {"controller": controller} | ({"inc": inc} if inc else {})


_MANY = {"nargs": -1, "required": True}
_PEER = (_argument("controller", Name("controllers")), click.Option(["--inc"], type=_INC, help="Only this incarnation."))
_SOURCE = click.Option(
    ["--controller"], type=Name("controllers"), help="End what an input of this controller started; it must be offline."
)
_PERSON = (_argument("area", _AREA), _argument("user", _USER))
_WHAT = _argument("what", click.Choice(["start", "end"]))
_PRESENCE = click.Choice(["in", "out", "unknown"])

COMMANDS = (
    _order("clear", *_PERSON, help="End somebody's violation in an area."),
    _order("reset", _argument("area", _AREA), help="Forget who is in an area, and all its violations."),
    _order("move", *_PERSON, _argument("presence", _PRESENCE), help="Say whether somebody is in an area."),
    _order("pass", *_PERSON, help="Let somebody's next badge in an area be right."),
    _order("unlock", _argument("door", _DOOR), help="Unlock a door as a granted badge does."),
    _order("lockdown", _argument("doors", _DOOR, **_MANY), make=_doors, help="Lock doors until they are released."),
    _order("release", _argument("doors", _DOOR, **_MANY), make=_doors, help="End a lockdown of doors."),
    _order("silence", _argument("output", Name("outputs")), help="Switch an output off."),
    _order("emergency", _WHAT, _SOURCE, make=_emergency, help="Start or end an emergency of the whole site."),
    _order("retire", *_PEER, make=_peer, help="Wait no longer for a controller that is gone."),
    _order("restore", *_PEER, make=_peer, help="Count on a retired controller again."),
)
