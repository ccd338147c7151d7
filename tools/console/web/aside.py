"""Ask a room of the console that may take its time, without holding up the pages of others."""

import asyncio
from collections.abc import Callable

from nicegui import app


async def aside(verb: Callable, *args):
    """Return what `verb(*args)` returns, called in a thread. Who asks while the console ends gets no answer, and goes no further.

    The toolkit's own would answer None to them, as if a room had said so.
    """
    if app.is_stopping:
        raise asyncio.CancelledError
    return await asyncio.to_thread(verb, *args)
