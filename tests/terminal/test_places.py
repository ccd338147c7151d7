"""Places in a board's tracebacks are told as places in the sources, however the text comes."""

from tools.terminal.following import with_sources

LINES = [(2, "firmware/a.py"), (40, "firmware/b.py")]
PRINTED = 'start\nTraceback (most recent call last):\n  File "firmware.joined", line 41, in g1\n  File "firmware.joined", line 5, in x\nFrom here> '


def test_places_are_found_whatever_the_pieces():
    told = PRINTED.replace('"firmware.joined", line 41', '"firmware/b.py", line 2').replace('"firmware.joined", line 5', '"firmware/a.py", line 4')
    for size in range(1, len(PRINTED) + 1):
        pieces = [PRINTED[at : at + size] for at in range(0, len(PRINTED), size)]
        assert "".join(with_sources([*pieces, "\n"], LINES)) == told + "\n"


def test_a_line_that_is_not_at_its_end_is_shown_at_once():
    assert list(with_sources(["> "], LINES)) == ["> "]
    assert "".join(with_sources(['  File "firmware.joined", line 5'], [])) == ""
