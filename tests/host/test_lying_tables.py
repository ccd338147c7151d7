"""A board that fetches another's table gets one that lies: nothing of it stops the board, nor its next start."""

import json
import random
from binascii import a2b_base64, b2a_base64, crc32

import pytest

from firmware.replica.generation import REMEMBERED, STATE
from firmware.wire import messages, seal
from tests.fuzz import node, seeds, story, tables
from tests.fuzz.mutator import Mutator
from tests.wire.test_node_portable import GUARD, MATE, STAFF

LIES = 250


def shaken(draw: random.Random, raw: bytes) -> bytes:
    made = bytearray(raw)
    for _ in range(draw.choice((1, 1, 3))):
        if made:
            made[draw.randrange(len(made))] = draw.randrange(256)
    return bytes(made)


def busy():
    """c2 after a morning in which all that a table can hold has happened."""
    board = node.board("c2")
    for no in (STAFF, STAFF, MATE, GUARD):
        board.tap("front_in", no)
        board.until(board.now_ms + 1500)
    board.do("leaf", "front", True)
    for number, (action, fields) in enumerate(seeds.ORDERS):
        board.command(action, f"nonce{number}", **fields)
    board.tap("front_in", STAFF)
    board.tap("front_in", STAFF)
    board.until(board.now_ms + 5000)
    return board


@pytest.fixture(scope="module")
def told() -> list:
    """The steps of a story in which c1 takes the whole table of c2."""
    return seeds.table(busy())


def whole(steps: list) -> dict:
    """Return a message with all pages of a story in one."""
    found = [json.loads(step[1]) for step in steps if not isinstance(step, int) and json.loads(step[1])["t"] == "page"]
    content = b"".join(a2b_base64(page["bytes"]) for page in found)
    return found[0] | {"bytes": b2a_base64(content).decode().strip(), "size": len(content), "crc": crc32(content)}


def with_pages(steps: list, message: dict) -> bytes:
    """Return the story with the pages of a table in the place of its own."""
    made, content = [], a2b_base64(message["bytes"])
    others = [step for step in steps if isinstance(step, int) or json.loads(step[1])["t"] != "page"]
    for start, end in tables.pages(content):
        text = b2a_base64(content[start:end]).decode().strip()
        made += [("log/c2", json.dumps(message | {"offset": start, "bytes": text}).encode()), 10]
    return story.joined(others[:2] + made + others[2:])


def lived(what: bytes) -> bool:
    """Let c1 hear a story and begin again after it. Says whether it has taken a table."""
    hearing, _ = node.live(what)
    has_taken = any(kept.is_taken for kept in hearing.node.log.generations)
    node.board("c1", hearing.flash)
    return has_taken


def test_the_table_holds_something_of_everything(told):
    held = {what: body for what, _, body in tables.items(a2b_base64(whole(told)["bytes"]))}
    table = json.loads(held[STATE])["table"]
    assert table["site"]["emergency"][0] and table["site"]["lockdowns"] and table["site"]["retired"]
    assert table["site"]["areas"]["changes"] and table["site"]["last_grants"]
    remembered = {index for what, index, _ in tables.items(a2b_base64(whole(told)["bytes"])) if what == REMEMBERED}
    assert remembered == {0, 1, 2, 3, 4}
    assert lived(with_pages(told, whole(told))), "the truth is taken"


@pytest.mark.slow
def test_a_table_that_lies_stops_nobody_now_or_at_the_next_start(told):
    taken = 0
    for seed in range(LIES):
        draw = random.Random(seed)
        mutator = Mutator(draw, lambda raw, draw=draw: shaken(draw, raw))
        try:
            lie = whole(told)
            mutator.spoil_page(lie)
            taken += lived(with_pages(told, lie))
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    assert LIES // 10 < taken < LIES, "some lies look like a table, some do not"
