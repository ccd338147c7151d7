"""The way of one message until the node has it: seal, JSON, its fields, topic; or an operator's command. On every interpreter."""

from firmware.wire import messages, order, seal
from tests.core.parts import EVENT_KEY, SECRETS, keys, paged, settings
from tests.fuzz import story

CHALLENGE = "0123456789abcdef"
_KEY = seal.key_for(SECRETS["ada"], "c1")
_SETTINGS, _PAGES = settings(), paged(keys("c1"))


def read(topic: str, content: bytes):
    """Return what a controller reads of a message, sealed rightly, on a topic."""
    return messages.read(topic, seal.seal(content, EVENT_KEY), EVENT_KEY)


def opened(content: bytes) -> tuple:
    """Return what it opens of a command that `ada` signed."""
    return order.opened(seal.seal(content, _KEY), False, _SETTINGS, _PAGES, CHALLENGE)


def verdict(told: bytes) -> str:
    """Return one word for what became of a message."""
    topic, content = story.only_step(told)
    if topic.startswith("command/"):
        fault, reason, command = opened(content)
        return (fault or "obeyed") + ":" + story.digest([reason, command])
    message = read(topic, content)
    return message if isinstance(message, str) else story.digest(message)
