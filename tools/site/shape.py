"""What plain data may be at all, before anybody asks what it means: text that can be written, not without end."""

from collections.abc import Iterator

from tools.site.errors import Fault, key_path

DEPTH_MAX = 50


def faults(data) -> Iterator[Fault]:
    """Keys that are no text, text that is no Unicode, and nesting beyond the limit."""
    stack = [((), data)]
    while stack:
        path, value = stack.pop()
        if len(path) > DEPTH_MAX:
            yield Fault(key_path(path[:1]), f"this nests values more than {DEPTH_MAX} deep", "Write it flatter")
            return
        if isinstance(value, dict):
            yield from (_no_key(path) for key in value if not _is_text(key))
            stack += [((*path, key), item) for key, item in value.items() if _is_text(key)]
        elif isinstance(value, list):
            stack += [((*path, index), item) for index, item in enumerate(value)]
        elif isinstance(value, str) and not _is_text(value):
            yield Fault(key_path(path), "this text is no Unicode", "Write it anew")


def _no_key(path: tuple) -> Fault:
    return Fault(key_path(path), "a key in here is no text that can be written", "Give it another name")


def _is_text(value) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
