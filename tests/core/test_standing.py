"""One person's standing: what facts and time do to it."""

from firmware.core.standing import IN, NEVER, OUT, UNKNOWN, Standing, Violation, earliest
from tests.core.facts import START_MS, Writer, rules

S = 1000


def accused(at_s=0, **fields):
    standing = Standing(IN, START_MS - 60 * S, "c1_in")
    badge = Writer().denied(at_s, "in", **fields)
    standing.violation = Violation("double_entrance", "hard", badge, (START_MS - 60 * S, "c1_in"))
    return standing


def settled(standing, at_s, **settings):
    standing.settle(rules(**settings), START_MS + at_s * S)
    return standing


def test_nobody_was_here_until_he_badges():
    standing = Standing()
    assert standing.presence == NEVER and standing.is_plain()
    standing.forget_presence(5)
    assert standing.presence == NEVER
    standing.move(IN, 7, "c1_in")
    standing.forget_presence(9)
    assert (standing.presence, standing.at_ms, standing.reader) == (UNKNOWN, 9, "c1_in")


def test_a_copy_is_its_own():
    standing = accused()
    standing.entering["c1_in"] = (IN, None, 0)
    other = standing.copy()
    other.end_violation("operator", 1)
    other.entering.clear()
    other.move(OUT, 2, None)
    assert standing.violation and standing.entering and standing.presence == IN and not standing.ended


def test_only_what_a_row_can_hold_is_plain():
    for change in (
        lambda s: setattr(s, "pardon_at_ms", 0),
        lambda s: s.entering.update({"c1_in": (IN, None, 0)}),
        lambda s: s.ended.append((None, "expiry", 1)),
        lambda s: setattr(s, "violation", accused().violation),
    ):
        standing = Standing(IN, 5, "c1_in")
        assert standing.is_plain()
        change(standing)
        assert not standing.is_plain()


def test_a_violation_expires_at_its_moment_and_pardons():
    for at_s, expected in ((899, False), (900, True), (5000, True)):
        standing = settled(accused(), at_s, violation_timeout_s=900)
        assert (standing.violation is None) == expected
        assert standing.pardon_at_ms == (START_MS + 900 * S if expected else None)
        assert standing.presence == IN
    assert settled(accused(), 10**9).violation is not None


def test_a_reset_moment_forgives_without_a_pardon():
    # 08:10 is 600 s after the start.
    standing = settled(accused(), 600, reset_at=[490])
    assert standing.violation is None and standing.pardon_at_ms is None and standing.presence == UNKNOWN
    assert standing.ended[0][1:] == ("reset", START_MS + 600 * S)
    standing = settled(accused(), 599, reset_at=[490])
    assert standing.violation and standing.presence == IN


def test_what_was_set_at_the_moment_of_a_reset_stays():
    standing = Standing(IN, START_MS + 600 * S, "c1_in")
    assert settled(standing, 700, reset_at=[490]).presence == IN
    assert settled(standing, 600 + 86400, reset_at=[490]).presence == UNKNOWN


def test_the_earlier_of_expiry_and_reset_ends_a_violation():
    standing = settled(accused(), 5000, violation_timeout_s=300, reset_at=[490])
    assert standing.ended[0][1:] == ("expiry", START_MS + 300 * S)
    assert standing.pardon_at_ms is None, "the reset after the expiry drops the pardon"
    standing = settled(accused(), 5000, violation_timeout_s=900, reset_at=[490])
    assert standing.ended[0][1:] == ("reset", START_MS + 600 * S) and standing.pardon_at_ms is None
    standing = settled(accused(), 5000, violation_timeout_s=600, reset_at=[490])
    assert standing.ended[0][1] == "reset", "at one moment the reset counts: nothing is left to pardon"


def test_a_pardon_lasts_until_the_next_reset():
    standing = Standing()
    standing.pardon_at_ms = START_MS
    assert settled(standing, 599, reset_at=[490]).pardon_at_ms == START_MS
    assert settled(standing, 600, reset_at=[490]).pardon_at_ms is None


def test_presence_is_forgotten_after_its_timeout():
    for presence in (IN, OUT):
        for at_s, expected in ((59, presence), (60, UNKNOWN), (61, UNKNOWN)):
            standing = settled(Standing(presence, START_MS, "c1_in"), at_s, presence_timeout_s=60)
            assert standing.presence == expected
    for presence in (NEVER, UNKNOWN):
        assert settled(Standing(presence, START_MS), 1000, presence_timeout_s=60).presence == presence


def test_presence_forgotten_by_time_says_when():
    standing = settled(Standing(IN, START_MS, "c1_in"), 5000, presence_timeout_s=700, reset_at=[490])
    assert standing.at_ms == START_MS + 600 * S
    standing = settled(Standing(IN, START_MS, "c1_in"), 5000, presence_timeout_s=60, reset_at=[490])
    assert standing.at_ms == START_MS + 60 * S


def test_looking_often_changes_nothing():
    settings = {"violation_timeout_s": 200, "presence_timeout_s": 100, "reset_at": [484, 490]}
    often, once = accused(), accused()
    for at_s in range(0, 700, 7):
        settled(often, at_s, **settings)
    for standing in (often, once):
        settled(standing, 700, **settings)
    assert (often.presence, often.at_ms, often.pardon_at_ms) == (once.presence, once.at_ms, once.pardon_at_ms)
    assert [end[1:] for end in often.ended] == [end[1:] for end in once.ended]


def test_clearing_pardons_only_who_was_in_violation():
    standing = accused()
    standing.forgive("operator", 5)
    assert standing.violation is None and standing.pardon_at_ms == 5 and standing.presence == IN
    innocent = Standing(IN, 0, None)
    innocent.forgive("operator", 5)
    assert innocent.pardon_at_ms is None and not innocent.ended


def test_a_reset_drops_everything_that_is_known():
    standing = accused()
    standing.pardon_at_ms = 3
    standing.entering["c1_in"] = (IN, 3, 0)
    standing.reset("reset", 9)
    assert standing.violation is None and standing.pardon_at_ms is None and standing.presence == UNKNOWN
    assert standing.entering == {"c1_in": (IN, None, 0)}, "who is entering still is, but without the pardon"


def test_who_is_entering_is_seen_as_moved_in_that_direction_only():
    standing = Standing(OUT, 0, None)
    assert standing.seen_from(IN) == OUT
    standing.entering["c1_in"] = (IN, None, 0)
    assert standing.seen_from(IN) == IN and standing.seen_from(OUT) == OUT
    standing.entering["c1_out"] = (OUT, None, 0)
    standing.presence = IN
    assert standing.seen_from(OUT) == OUT


def test_when_time_will_end_a_violation():
    standing = accused()
    assert standing.violation_ends_ms(rules()) is None and standing.expires_ms(rules()) is None
    assert standing.violation_ends_ms(rules(violation_timeout_s=9)) == START_MS + 9 * S
    assert standing.violation_ends_ms(rules(reset_at=[490])) == START_MS + 600 * S
    assert standing.violation_ends_ms(rules(violation_timeout_s=900, reset_at=[490])) == START_MS + 600 * S


def test_earliest_of_nothing_is_never():
    assert earliest() is None and earliest(None, None) is None and earliest(None, 5, 3) == 3 and earliest(0, None) == 0
