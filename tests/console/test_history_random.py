"""The history under random batches: doubled, out of order, replaced, lost, opened anew; against a plain list."""
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.console.events import event, name
from tools.console.history import History, Query

_EVENTS = st.builds(
    lambda seq, controller, kind, user: event(seq, kind, controller=controller, **({"door": "lobby", "reader": None, "user": user})),
    st.integers(1, 12), st.sampled_from(("c1", "c2")), st.sampled_from(("access.granted", "door.opened")), st.sampled_from(("kim", None)),
)  # fmt: skip
_ACTS = st.lists(st.one_of(
    st.tuples(st.just("append"), st.lists(_EVENTS, max_size=8)), st.tuples(st.just("lose"), st.sampled_from(("c1", "c2")), st.integers(1, 14)),
    st.tuples(st.just("replace"), st.integers(1, 12)), st.tuples(st.just("open")),
), max_size=12)  # fmt: skip


class Plain:
    """What a history should hold, without any thought of speed."""

    def __init__(self):
        self.kept, self.settled, self.hidden, self.written = {}, set(), set(), 0

    def append(self, events: list) -> list:
        new = []
        for found in events:
            if name(found) not in self.kept and name(found) not in self.settled:
                self.kept[name(found)] = found
                new.append(found)
        return new

    def last(self, key: tuple) -> int:
        last = 0
        while (*key, last + 1) in self.kept or (*key, last + 1) in self.settled:
            last += 1
        return last

    def lose(self, key: tuple, seq: int) -> None:
        self.settled |= {(*key, each) for each in range(1, seq + 1)}


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(_ACTS)
def test_it_keeps_what_a_plain_list_keeps(acts):
    with tempfile.TemporaryDirectory() as folder:
        path, plain = str(Path(folder) / "history.sqlite"), Plain()
        history = History(path)
        for act in acts:
            if act[0] == "append":
                assert history.append(act[1]) == plain.append(act[1])
            elif act[0] == "lose":
                history.append([], lost=[(act[1], 7, "notes", act[2], "gone")])
                plain.lose((act[1], 7, "notes"), act[2])
            elif act[0] == "replace":
                plain.written += 1
                again = event(plain.written, inc=8, user="sam", was=[7, act[1]])
                assert history.append([again]) == plain.append([again])
                plain.settled.add(("c1", 7, "facts", act[1]))
                plain.hidden.add(("c1", 7, "facts", act[1]))
            else:
                history.close()
                history = History(path)
            _compare(history, plain)
        history.close()


def _compare(history: History, plain: Plain) -> None:
    shown = {key: found for key, found in plain.kept.items() if key not in plain.hidden}
    assert history.count() == len(plain.kept) == history.last_id
    assert {name(found): found for _, found in history.since(0)} == shown
    for query in (Query(limit=1000), Query(door="lobby", limit=1000), Query(person="kim", limit=1000)):
        wanted = [found for found in shown.values() if (not query.door or found.get("door") == "lobby") and query.person in (None, found.get("user"))]
        assert sorted(map(name, history.search(query).events)) == sorted(map(name, wanted))
    for key, reach in history.reaches().items():
        assert reach.last == plain.last(key)
