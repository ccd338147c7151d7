"""What one judgement executes must not grow with the number of people: counted, not timed."""
import sys
from collections import Counter

import pytest

from tools.bench.judgement import Stage

pytestmark = pytest.mark.slow

FEW, MANY = 80, 10000  # a multiple of it, and an odd one: then everybody is in
SOMEBODY = 7
FIRMWARE = "/firmware/"
LOOKUP = "first_from"  # a card is found by guessing


def instructions(people: int) -> Counter:
    """{function: bytecode instructions} of one judgement, with that many people in and the same number of facts known."""
    stage, counts = Stage(people, badges=MANY), Counter()
    stage.tap(SOMEBODY, "out")
    stage.tap(SOMEBODY, "in")

    def trace(frame, event, _):
        if FIRMWARE not in frame.f_code.co_filename:
            return None  # whoever is called when memory is tidied up comes at any moment
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        counts[frame.f_code.co_name] += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        stage.judge(SOMEBODY, "out")
    finally:
        sys.settrace(before)
    return counts


def test_a_judgement_among_many_people_executes_what_one_among_few_does():
    few, many = instructions(FEW), instructions(MANY)
    assert 100 < few.pop(LOOKUP) < 1000 and 100 < many.pop(LOOKUP) < 1000
    assert few == many and few.total() > 1000
