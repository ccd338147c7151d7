"""A whole controller that hears a story, each message sealed rightly. Runs on every interpreter.

c1 shares the hall with c2 and c3 and follows all that they write.
"""

from firmware.wire import seal
from tests import same_trace
from tests.core.parts import EVENT_KEY, SECRETS
from tests.fuzz import story
from tests.wire.test_node_portable import STAFF, Board

OTHERS = ("c2", "c3")
CALM_MS = 90_000
CHORES_MAX = 60
_KEY = seal.key_for(SECRETS["ada"], "c1")


def _link(kind: str, **filters) -> dict:
    made = {"when": kind, "output": "strobe", "action": "on", "for_s": 5}
    for name in ("doors", "areas", "readers", "controllers"):
        made[name] = filters.get(name)
    return made


def board(name: str = "c1", flash=None) -> Board:
    """Return one of the three, with its clock set, its link up, and one badge in its log, or begin again with a flash."""
    others = [other for other in ("c1",) + OTHERS if other != name]
    links = [_link("access.denied"), _link("door.opened"), _link("apb.suspected", doors=["front"], areas=["hall"])]
    follows = {"facts": others, "notes": others, "site": others}
    made = Board(others=OTHERS, controller=name, follows=follows, outputs={"strobe": {"follows": None}}, links=links, flash=flash)
    made.do("link", True)
    made.tap("front_in", STAFF)
    return made


def told(hearing: Board, topic: str, content: bytes) -> None:
    """Seal a message as its sender would, and hand it in."""
    is_command = topic.startswith("command/")
    hearing.do("message", topic, seal.seal(content, _KEY if is_command else EVENT_KEY), False)


def rest(hearing: Board) -> None:
    """Let the flash do its own work, as a shell does while no reader is in a frame."""
    for _ in range(CHORES_MAX):
        if not hearing.node.has_chores():
            return
        hearing.take(hearing.node.chore(hearing.now_ms))


def live(what: bytes, look=None) -> tuple:
    """Return (the board at the end of a story, a sum of all that it said). `look`: called with what it says, bit by bit."""
    hearing, said = board(), same_trace.Said()
    for step in story.steps(what) + [CALM_MS]:
        if isinstance(step, int):
            hearing.actions = []
            hearing.until(hearing.now_ms + step)
        else:
            told(hearing, *step)
        rest(hearing)
        said.take(hearing.actions)
        if look:
            look(hearing.actions)
    return hearing, said


def ending(hearing: Board, said) -> str:
    """Return one word for what became of a story."""
    return story.digest(same_trace.summary(hearing.node, hearing.flash, said))


def verdict(what: bytes) -> str:
    return ending(*live(what))
