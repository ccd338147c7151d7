"""A page's border: what arrives from browsers is checked here, and counted where it is wrong."""

import inspect
from collections.abc import Callable

from nicegui import core
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tools.web.faults import Faults

TEXT_LEN_MAX = 100


class _Message(BaseModel):
    """What every message of the page must hold."""

    model_config = ConfigDict(strict=True, extra="allow")
    client_id: str = Field(max_length=64)


class _Event(_Message):
    id: int
    listener_id: str = Field(max_length=64)
    args: list[str | None] = Field(default=[], max_length=8)


class _Answer(_Message):
    request_id: str = Field(max_length=64)


class _Handshake(_Message):
    tab_id: str = Field(max_length=64)
    document_id: str = Field(max_length=64)


SHAPES = {"event": _Event, "javascript_response": _Answer, "handshake": _Handshake}


def guard_socket(faults: Faults) -> None:
    """Put a check before every handler of the page's socket."""
    handlers = core.sio.handlers["/"]
    for name in [n for n in handlers if n not in ("connect", "disconnect")]:
        handlers[name] = guarded(handlers[name], name, faults)
    core.sio.on("*", lambda name, *_: faults.count("message", f"unknown message {str(name)[:40]!r}"))


def guarded(handler: Callable, name: str, faults: Faults) -> Callable:
    """Wrap one handler: only a message of its shape reaches it, and no exception leaves it."""
    shape = SHAPES.get(name, _Message)

    async def checked(sid: str, *args):
        try:
            shape.model_validate(args[0] if args else None)
            answer = handler(sid, *args)
            return await answer if inspect.isawaitable(answer) else answer
        except ValidationError as error:
            faults.count("message", error.errors()[0]["msg"])
        except Exception as error:  # noqa: BLE001 nobody's message may end the bench
            faults.count("message", repr(error))
        return None

    return checked


class CountRefusals:
    """Counts requests that were answered with an error (a pure ASGI layer)."""

    def __init__(self, app: Callable, faults: Faults) -> None:
        self.app, self.faults = app, faults

    async def __call__(self, scope, receive, send) -> None:
        """Pass everything on; look only at the status."""

        async def counted(message):
            if message["type"] == "http.response.start" and message["status"] >= 400:
                self.faults.count("request", f"{scope.get('method')} {scope.get('path')}: {message['status']}")
            await send(message)

        await self.app(scope, receive, counted)


_TEXT = TypeAdapter(str)
_WHOLE = TypeAdapter(int)


def text(value: object, faults: Faults) -> str:
    """Take a short text from the page, or the empty one."""
    try:
        return _TEXT.validate_python(value or "", strict=True)[:TEXT_LEN_MAX].strip()
    except ValidationError:
        faults.count("value", "not a text")
        return ""


def whole(value: object, least: int, most: int, faults: Faults) -> int | None:
    """Take a whole number within bounds from the page, or None."""
    try:
        number = _WHOLE.validate_python(value)
    except ValidationError:
        faults.count("value", "not a whole number")
        return None
    if not least <= number <= most:
        faults.count("value", f"not from {least} to {most}")
        return None
    return number


def choice(value: object, allowed, faults: Faults) -> str | None:
    """Take one of the allowed words from the page, or None."""
    if isinstance(value, str) and value in allowed:
        return value
    faults.count("value", "not one of the choices")
    return None
