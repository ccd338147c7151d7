"""Whatever arrives: a message or None, never an exception; and nothing that decodes can stop a node."""
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.core.events import types
from firmware.wire import messages
from firmware.wire.packed import Names, pack_all
from tests.wire.test_messages import each_kind

pytestmark = pytest.mark.slow
NUMBERS = st.integers(-(2**70), 2**70)
SCALARS = st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=True) | st.text(max_size=8)
KEYS = st.sampled_from(
    "t from inc heads stamp entries vector origin stream first last question no areas type controller seq at_ms err_ms judge after"
    " of nonce source ends doors peer settings presence by reader door area facts notes site"
    " to hw clock newest sources lockdowns health digest asks any gone beyond".split()
) | st.text(max_size=3)
WORDS = st.sampled_from(["log", "have", "want", "ask", "answer", "wait", "c1", "facts", "in", "hard", "0" * 16, *sorted(types())])
JSON = st.recursive(SCALARS | WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=20)
SENT = [json.loads(messages.encode(sent)) for sent in each_kind()]


def _places(value):
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield value, key
        yield from _places(child)


@st.composite
def nearly_messages(draw):
    """A right message of which up to three values were replaced."""
    made = json.loads(json.dumps(draw(st.sampled_from(SENT))))
    for _ in range(draw(st.integers(1, 3))):
        place, key = draw(st.sampled_from(list(_places(made))))
        place[key] = draw(JSON)
    return made


def _is_message_or_none(payload: bytes) -> None:
    message = messages.decode(payload)
    if message is not None:
        assert messages.decode(messages.encode(message)) == message
        for event in message.get("entries", ()):
            assert pack_all(event, Names())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_and_any_json(payload):
    _is_message_or_none(payload)


@settings(max_examples=250, deadline=None)
@given(nearly_messages())
def test_messages_with_some_values_replaced(made):
    _is_message_or_none(json.dumps(made).encode())
    _is_message_or_none(json.dumps(made, ensure_ascii=False).encode(errors="replace"))


@settings(max_examples=250, deadline=None)
@given(JSON, st.lists(st.text(max_size=60), max_size=90), st.sampled_from(SENT[0]["entries"]))
def test_an_event_that_is_accepted_can_be_packed(value, texts, event):
    made = {**SENT[0], "entries": [{**event, "of_none": value, "doors": texts}]}
    _is_message_or_none(json.dumps(made, ensure_ascii=False).encode(errors="replace"))
