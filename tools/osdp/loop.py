"""What brings a panel, its line and its people together. Runs on MicroPython."""

import select

_POLLIN = 1
_WAIT_MS_MAX = 60_000


def run(panel, port, line, people: list, now_ms, show) -> None:
    """Work until the panel is over.

    line: an Rs485 over the port. people: each has a `file` to wait for, or None, and `take(now_ms)`, which gives actions.
    show: takes objects to print.
    """
    actions = panel.tick(now_ms())
    while True:
        _do(actions, line, now_ms, show)
        if panel.is_over:
            return
        _wait([port] + people, _next_ms(panel, port, line) - now_ms())
        at_ms = now_ms()
        line.tick(at_ms)
        heard = line.read() if _is_ready(port.file) else b""
        _show_all(port.tick(at_ms), show)
        actions = panel.hear(heard, at_ms) if heard else []
        for one in people:
            if _is_ready(one.file):
                actions += one.take(at_ms)
        actions += panel.tick(at_ms)


def _do(actions: list, line, now_ms, show) -> None:
    for kind, what in actions:
        if kind == "send":
            line.write(what, now_ms())
        else:
            show(what)


def _show_all(news: list, show) -> None:
    for one in news:
        show(one)


def _next_ms(*parts) -> int:
    return min([ms for ms in [part.next_deadline_ms() for part in parts] if ms is not None])


def _wait(watched: list, wait_ms: int) -> None:
    """Sleep until somebody has something to say, or so long."""
    poll = select.poll()
    for one in watched:
        if one.file is not None:
            poll.register(one.file, _POLLIN)
    poll.poll(max(0, min(wait_ms, _WAIT_MS_MAX)))


def _is_ready(file) -> bool:
    if file is None:
        return False
    poll = select.poll()
    poll.register(file, _POLLIN)
    return bool(poll.poll(0))
