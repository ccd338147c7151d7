"""Replication: a new board gets the facts that three others wrote in a working day: it takes, folds and stores them."""
import functools
import json
import time

from firmware.hal.flash_log import FlashLog
from firmware.hal.nor import NorRam
from firmware.node import Node
from tools.bench.figure import Figure, calls_per_second
from tools.bench.hall import BOARD_SECTORS, START_MS, Crowd, Hall, site
from tools.site import parts
from tools.site.compiler.keys import made_up

FOLLOWER, WRITERS, DOORS = "c00", ["c01", "c02", "c03"], ["d01", "d02", "d03"]
SITE = site(4, 200, has_sensors=True)
BADGES, DAY_MS = 1000, 8 * 3600 * 1000
# To check, fold, link and store a fact may cost this many times as much as parsing its message.
COST_MAX = 20


@functools.cache
def _heard() -> list[tuple[str, bytes]]:
    """(topic, bytes) of the messages of the writers with a fact each, in the order they were sent."""
    hall = Hall(SITE)
    Crowd(hall, DOORS).live(BADGES, DAY_MS)
    return [sent[2:] for sent in hall.messages if sent[1] in WRITERS and _has_fact(json.loads(sent[3]))]


def _has_fact(message: dict) -> bool:
    return [entry["stream"] for entry in message.get("entries", ())] == ["facts"]


def _follower() -> Node:
    """A new board with an erased flash, its clock set and its link up."""
    log = FlashLog(NorRam(BOARD_SECTORS))
    while log.erase_ahead():
        pass
    node = Node(parts(SITE, start_s=START_MS // 1000, keys=made_up(SITE, 1))[FOLLOWER], log, {})
    node.resume()
    for event in (("clock", START_MS + DAY_MS), ("link", True)):
        node.handle(event, 0)
    return node


def _follow(node: Node) -> float:
    """Hand a board all messages. Returns the CPU seconds it took."""
    start_s = time.process_time()
    for now_ms, (topic, payload) in enumerate(_heard(), 1):
        for action in node.handle(("message", topic, payload, False), now_ms):
            if action[0] == "append":
                assert node.log.store(action[1])
    return time.process_time() - start_s


def bench_replication() -> Figure:
    """Facts per second, the best of three boards, against a parser of their messages that does nothing else."""
    heard = _heard()
    taken_s = []
    for _ in range(3):
        node = _follower()
        before = node.log.stored
        taken_s.append(_follow(node))
        assert node.log.stored - before >= len(heard) and not node.faults
    parsed = calls_per_second(lambda: [json.loads(payload) for _, payload in heard]) * len(heard)
    return Figure("facts replicated: taken, folded, stored", len(heard) / min(taken_s), parsed / COST_MAX, "facts/s")
