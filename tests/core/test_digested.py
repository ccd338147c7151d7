"""What is known by digests: the newest, whatever is kept and taken up between."""

from firmware.core.digested import Digested

WIDTHS = (1, 6, 10)


def filled(width, names, pages=3):
    made = Digested(width, pages)
    for name in names:
        made.put("name %d" % name, known(width, name))
    return made


def known(width, name):
    return bytes([name % 251 + 1] * width)


def here(made, names):
    return [name for name in names if made.get("name %d" % name) is not None]


def test_what_was_put_is_known_and_nothing_else():
    for width in WIDTHS:
        made = filled(width, range(40))
        assert here(made, range(100)) == list(range(40)) and made.count == 40
        assert all([made.get("name %d" % name) == known(width, name) for name in range(40)])


def test_what_is_put_again_is_as_it_was_put_last():
    made = filled(6, range(40))
    made.put("name 7", b"others")
    assert made.get("name 7") == b"others" and made.count == 40


def test_the_oldest_are_forgotten_one_by_one():
    for width, most in ((1, 111), (6, 60), (10, 42)):
        for count in range(most, 2 * most + 30):
            made = filled(width, range(count))
            assert here(made, range(count)) == list(range(count - most, count)) and made.count == most


def test_what_was_kept_is_the_same_when_it_is_taken_up_and_goes_on_so():
    for width in WIDTHS:
        for count in (0, 1, 19, 20, 42, 43, 59, 60, 61, 111, 112, 130):
            made = filled(width, range(count))
            kept = [bytes(part) for part in made.keep()]
            assert all([len(part) <= 112 for part in kept])
            again = Digested(width, 3)
            again.restore(kept)
            for name in range(count, count + 30):
                assert here(again, range(count + 30)) == here(made, range(count + 30)) and again.count == made.count
                for each in (made, again):
                    each.put("name %d" % name, known(width, name))
            assert all([again.get("name %d" % name) == known(width, name) for name in here(made, range(count + 30))])


def test_what_is_taken_up_is_newer_than_what_is_here():
    made = filled(10, range(30))
    made.restore(filled(10, range(30, 60)).keep())
    assert here(made, range(60)) == list(range(18, 60))


def test_what_is_no_part_is_not_taken_up():
    made = filled(10, range(30))
    made.restore([b"x", bytes(16), bytes(299)])
    assert here(made, range(60)) == list(range(30)) and made.count == 30


def test_bytes_that_look_like_a_digest_between_two_records_are_none():
    made = Digested(6, 1)
    made.put("a", b"aaaaaa")
    digest = [bytes(part) for part in made.keep()][0][:5]
    made.put("b", digest + b"!")
    made.put("a", b"AAAAAA")
    made.put("c", b"!" + digest)
    assert made.get("a") == b"AAAAAA" and made.get("b") == digest + b"!" and made.get("c") == b"!" + digest and made.count == 3


def test_what_is_forgotten_takes_nothing_up():
    made = filled(1, range(100))
    made.clear()
    assert made.count == 0 and here(made, range(100)) == [] and list(made.keep()) == []
