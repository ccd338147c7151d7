"""What the fuzzer has found worth keeping ends alike on every interpreter: each story has its verdict beside it."""

import gc

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.core import apb, book, presence, judge, reports, badges  # noqa: F401, I001
from firmware import node as _  # noqa: F401
from firmware.wire import messages
from tests.fuzz import node, story
from tests.fuzz.replay import differing

SLOW = (
    "test_each_story_leaves_a_controller_as_elsewhere",
    "test_each_story_of_a_line_goes_as_elsewhere_and_breaks_nothing",
    "test_no_message_takes_more_of_the_heap_than_its_size_allows",
)

_FOLDER = __file__.rsplit("/", 2)[0] + "/fuzz/"
FILES_BYTES_MAX = 400_000
# All that reading a message takes from the heap; most of it is free again at once.
HEAP_BYTE, HEAP_MIN = 120, 20_000


def test_each_message_is_read_or_refused_as_elsewhere():
    count, found = differing("decoder", _FOLDER + "decoder.kept")
    assert count > 50 and not found, found


def test_each_story_leaves_a_controller_as_elsewhere():
    count, found = differing("node", _FOLDER + "node.kept")
    assert count > 50 and not found, found


def test_each_story_of_a_line_goes_as_elsewhere_and_breaks_nothing():
    count, found = differing("osdp", _FOLDER + "osdp.kept")
    assert count > 50 and not found, found


def test_some_are_read_and_some_are_not():
    verdicts = [verdict.split(":")[0] for verdict, _ in story.load(_FOLDER + "decoder.kept")]
    for kind in ("message", "topic", "obeyed", "form", "operator"):
        assert kind in verdicts
    assert len(set(verdicts)) > 15, "each message that is read has a verdict of its own"


def test_there_is_no_more_of_it_than_a_repository_should_hold():
    sizes = [len(told) for target in ("decoder", "node", "osdp") for _, told in story.load(_FOLDER + target + ".kept")]
    assert sum(sizes) < FILES_BYTES_MAX


def test_no_message_takes_more_of_the_heap_than_its_size_allows():
    if not hasattr(gc, "mem_alloc"):
        return  # tests/host/test_fuzz_messages.py measures CPython's
    for _, told in story.load(_FOLDER + "decoder.kept"):
        content = story.only_step(told)[1]
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        messages.decode(content)
        used = gc.mem_alloc() - before
        gc.enable()
        assert used < HEAP_MIN + HEAP_BYTE * len(told), (used, len(told))


def test_a_verdict_is_of_what_became_of_a_story():
    told = [told for _, told in story.load(_FOLDER + "node.kept")]
    assert len({node.verdict(each) for each in told[:8]}) > 4
