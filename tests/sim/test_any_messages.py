"""Messages of a real day with anything in the place of some values: a board may refuse them, it never stops.

Whoever sends them has the site's event key: without it none is read.
"""

import json
import random
from collections import Counter, defaultdict

import pytest

from firmware.wire import seal, topics
from tests.sim import troubled_day

pytestmark = pytest.mark.slow

MINUTES = 10 * 60
MESSAGES = 6000
FIELDS = (
    "type controller stream seq inc at_ms err_ms stamp no user door reader judge after of by area presence settings"
    " configuration nonce was boot offset lost source ends doors peer peer_inc kind mode late confirmed violates areas because"
    " card output version sources lockdowns closed lacks gone vector beyond digest clock newest health to question origin table"
).split()
JUNK = (
    None, True, False, 0, 1, -1, 1 << 31, 1 << 45, 1 << 61, 1 << 70, 1.5, "", "x", "c1", "c2", "p1", "office", "in", "0" * 16, "f" * 16,
    [], {}, [1], ["c1", 1, 1], ["c1", 1, "facts", 1], {"office": ["in", "hard"]}, {"office": ["in"]}, {"x": 5}, [[]], [None], {"a": None},
)  # fmt: skip


@pytest.fixture(scope="module")
def day():
    """(the world of a troubled day, its messages by kind, its events by type with the message of each)."""
    lived, kinds, types = troubled_day.Day(), defaultdict(list), defaultdict(list)
    send = lived.world.send

    def overhear(sender, topic, payload, is_retained=False):
        send(sender, topic, payload, is_retained)
        if topic.split("/")[0] not in ("log", "have", "want", "ask", "status"):
            return
        message = json.loads(seal.content(payload))
        kinds[message["t"]].append(message)
        for event in message.get("entries", ()):
            types[event["type"]].append((message, event))

    lived.world.send = overhear
    lived.live(MINUTES)
    return lived.world, kinds, types


def spoil(draw, made) -> None:
    """Put junk in the place of a value, or of a field that is not there."""
    if isinstance(made, dict) and draw.random() < 0.3:
        made[draw.choice(FIELDS)] = json.loads(json.dumps(draw.choice(JUNK)))
        return
    places = [(made, key) for key in (made if isinstance(made, dict) else range(len(made)))]
    for inside, key in list(places):
        if isinstance(inside[key], (dict, list)) and inside[key]:
            places += [(inside[key], each) for each in (inside[key] if isinstance(inside[key], dict) else range(len(inside[key])))]
    if places:
        inside, key = draw.choice(places)
        if isinstance(inside, dict) and draw.random() < 0.2:
            del inside[key]
        else:
            inside[key] = json.loads(json.dumps(draw.choice(JUNK)))


def nearly_an_event(draw, world, types) -> dict:
    """A message with one event that would be news to c2, and is wrong somewhere."""
    message, event = draw.choice(types[draw.choice(sorted(types))])
    event = json.loads(json.dumps(event))
    event["seq"] = world.boards["c2"].node.log.last(event["controller"], event["inc"], event["stream"]) + 1
    if draw.random() < 0.3:
        event["inc"] += 1
    for _ in range(draw.randint(1, 3)):
        spoil(draw, event)
    return {**message, "entries": [event]}


@pytest.mark.parametrize("seed", range(2))
def test_no_message_stops_a_board(day, seed):
    world, kinds, types = day
    key = bytes.fromhex(world.secrets.event_key)
    draw, refused = random.Random(seed), Counter(world.boards["c2"].node.faults)["message"]
    for number in range(MESSAGES):
        if draw.random() < 0.7:
            made = nearly_an_event(draw, world, types)
        else:
            made = json.loads(json.dumps(draw.choice(kinds[draw.choice(sorted(kinds))])))
            spoil(draw, made)
        kind, sender = made.get("t"), made.get("from")
        topic = topics.folder(kind if isinstance(kind, str) else "log") + f"/{sender}"
        world.boards["c2"].handle(("message", topic, seal.seal(json.dumps(made).encode(), key), False))
        if number % 50 == 0:
            world.run_until(world.now_ms + draw.choice((10, 1000, 5000)))
    assert MESSAGES // 10 < world.boards["c2"].node.faults["message"] - refused < MESSAGES
    assert world.is_powered("c2")
