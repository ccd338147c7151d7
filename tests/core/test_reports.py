"""Reports: each thing told once, by one author, as what it is at the time.

Words: violation, suspected, cleared:why; + late; by the number of the badge that they speak of.
"""

from firmware.core.peers import Peers
from firmware.core.presence import NEVER_MS
from firmware.core.reports import Reports
from firmware.core.site_state import Switches
from tests.core.facts import START_MS, Table, Writer, area
from tests.core.judging import shared

FOR_EVER = 1 << 62


class Desk:
    """The reports of one board about area `a`, which it shares with others."""

    def __init__(self, name="c1", others=("c2",), **settings):
        settings.setdefault("controllers", sorted(("c1",) + tuple(others)))
        self.table = Table({"a": area(**settings)})
        names = [other for other in ("c1",) + tuple(others) if other != name]
        self.peers = Peers(name, names, Switches(), 0)
        self.reports = Reports(self.table.presence, self.peers)
        self.write = Writer()
        self.log = []

    def tell(self, *facts):
        self.table.tell(*facts)

    def hears(self, *names):
        for name in names:
            self.peers.heard(name, 0, FOR_EVER)

    def say(self, at_s=60, no=0):
        """What is due now, in words; it is written and handed back."""
        words = []
        for kind, fields in self.reports.review("a", no, START_MS + at_s * 1000):
            self.log.append((kind, fields))
            self.take(kind, fields, at_s)
            word = kind[4:] + (":" + fields["by"] if "by" in fields else "")
            words.append(word + ("+late" if fields.get("late") else "") + "#%d" % fields["of"][2])
        return " ".join(words)

    def take(self, kind, fields, at_s=60):
        report = dict(fields)
        report.update(type=kind, at_ms=START_MS + at_s * 1000)
        self.reports.take(report)

    def caught(self, at_s=9, **fields):
        """Person 0 goes in twice; returns the second badge."""
        entered = self.write.badge(at_s - 1, "in")
        badge = self.write.denied(at_s, "in", **fields)
        self.tell(entered, badge)
        return badge

    def next_end_ms(self, looked_at_ms):
        """When time alone ends the first violation after a time."""
        presence = self.table.presence
        presence.looked_at_ms, presence.ends_ms = looked_at_ms, NEVER_MS
        for place in presence.special():
            presence.note_end(place[0], presence.standing(*place))
        return presence.ends_ms

    def told(self):
        return [bytes(part).decode().split("\0") for part in self.reports.keep()]

    def found(self, badge, within_ms=300):
        """As the controller does at its verdict."""
        self.reports.found("a", name(badge), badge["at_ms"] + within_ms)


def name(badge):
    return (badge["controller"], badge["inc"], badge["seq"])


def test_nothing_to_say_of_who_did_nothing():
    desk = Desk()
    desk.tell(desk.write.badge(1, "in"))
    assert desk.say() == "" and not desk.table.presence.beside.marks("a", 0) and desk.reports.unsettled("a", 0) == []


def test_a_violation_confirmed_at_the_door_is_told_at_once_and_once():
    desk = Desk()
    desk.found(desk.caught(confirmed=True))
    assert desk.say(9) == "violation#2"
    assert desk.say(9) == "" and desk.say(999) == ""
    kind, fields = desk.log[0]
    assert kind == "apb.violation" and fields == {
        "area": "a", "no": 0, "reader": "c1_in", "kind": "double_entrance", "mode": "hard", "of": ["c1", 1, 2],
    }


def test_where_one_board_has_all_readers_it_is_always_sure():
    desk = Desk(others=())
    desk.found(desk.caught())
    assert desk.say(9) == "violation#2" and desk.reports.unsettled("a", 0) == []


def test_in_time_is_not_late():
    desk = Desk()
    badge = desk.caught()
    desk.found(badge)
    assert desk.say(9) == "" and desk.reports.next_deadline_at_ms(0) == badge["at_ms"] + 300
    desk.hears("c2")
    assert desk.say(9) == "violation#2"


def test_too_late_is_suspected_first():
    desk = Desk()
    desk.found(desk.caught())
    assert desk.say(10) == "suspected+late#2"
    assert [entry[:2] for entry in desk.reports.unsettled("a", 0)] == [("a", 0)]
    assert desk.say(20) == ""
    desk.hears("c2")
    assert desk.say(30) == "violation+late#2" and desk.reports.unsettled("a", 0) == []


def test_what_the_verdict_did_not_find_is_late():
    desk = Desk()
    desk.caught()
    desk.hears("c2")
    assert desk.say() == "violation+late#2"


def test_who_vouched_made_it_sure_in_that_area():
    desk = Desk()
    badge = desk.caught()
    desk.found(badge)
    desk.reports.vouch("b", name(badge))
    assert desk.say(9) == ""
    desk.reports.vouch("a", name(badge))
    assert desk.say(9) == "violation#2"


def test_sure_is_to_have_heard_everybody_beyond_the_badge():
    desk = Desk(others=("c2", "c3"))
    badge = desk.caught()
    desk.hears("c2")
    desk.peers.heard("c3", 0, badge["stamp"] - 1)
    assert desk.say() == "suspected+late#2"
    desk.peers.heard("c3", 0, badge["stamp"])
    assert desk.say() == "violation+late#2"


def test_the_areas_around_must_have_been_heard_too():
    table = Table({"a": shared(parent="b"), "b": shared("c2")})
    peers, write = Peers("c1", ["c2"], Switches(), 0), Writer()
    reports = Reports(table.presence, peers)
    table.tell(write.badge(8, "in"), write.denied(9, "in"))
    assert [kind for kind, _ in reports.review("a", 0, START_MS + 60000)] == ["apb.suspected"]


def test_what_a_late_event_disproves_is_withdrawn():
    for is_sure in (False, True):
        desk = Desk()
        desk.caught()
        if is_sure:
            desk.hears("c2")
        assert desk.say() == ("violation+late#2" if is_sure else "suspected+late#2")
        desk.tell(desk.write.badge(8, "out", "c2", stamp_s=8, err_ms=0))
        assert desk.table.row(60)[1] is None
        assert desk.say() == "cleared:late_event#2" and desk.say() == ""


def test_one_violation_may_take_the_place_of_another():
    desk = Desk(others=())
    desk.tell(desk.write.badge(10, "in"), desk.write.badge(20, "in", mode="soft"), desk.write.badge(30, "in", mode="soft"))
    assert desk.say() == "violation+late#2"
    desk.tell(desk.write.badge(15, "out", "c1"))
    assert desk.table.row(60)[1] == "double_entrance"
    assert sorted(desk.say().split()) == ["cleared:late_event#2", "violation+late#3"]


def test_time_ends_it_with_a_report():
    for settings, by, at_s in (({"violation_timeout_s": 60}, "expiry", 69), ({"reset_at": [481]}, "reset", 60)):
        desk = Desk(others=(), **settings)
        desk.found(desk.caught())
        assert desk.say(9) == "violation#2"
        assert desk.next_end_ms(START_MS + 9000) == START_MS + at_s * 1000 and desk.next_end_ms(START_MS + 999000) == NEVER_MS
        assert desk.say(at_s - 1) == "" and desk.say(at_s) == "cleared:%s#2" % by and desk.say(999) == ""


def test_healing_and_settings_end_it_with_a_report():
    desk = Desk(others=(), mode="deny")
    desk.found(desk.caught(judge={"a": ["in", "deny"]}))
    desk.say(9)
    desk.tell(desk.write.badge(20, "out", mode="deny"))
    assert desk.say(21) == "cleared:healed#2"
    desk = Desk(others=(), mode="soft")
    desk.found(desk.caught(mode="soft"))
    desk.say(9)
    desk.tell(desk.write.set(20, settings=area("hard")))
    assert desk.say(21) == "cleared:settings#2" and desk.say(22) == ""


def test_what_an_operator_ends_is_told_by_the_operators_own_fact():
    for make in (Writer.clear, lambda write, at_s: write.move(at_s, "out"), Writer.reset):
        desk = Desk(others=())
        desk.found(desk.caught())
        desk.say(9)
        desk.tell(make(desk.write, 20))
        assert desk.say(21) == "" and desk.say(22) == ""
        assert not desk.table.presence.standing("a", 0).ended, "nothing is left to be told"


def test_a_violation_found_and_ended_before_it_was_told_is_told_with_its_end():
    desk = Desk(others=(), violation_timeout_s=10)
    desk.caught()
    assert desk.say(60) == "violation+late#2 cleared:expiry#2" and desk.say(61) == ""


def test_a_suspicion_that_ends_is_cleared_and_one_never_told_waits_until_it_is_sure():
    desk = Desk(violation_timeout_s=10)
    desk.caught()
    assert desk.say(12) == "suspected+late#2" and desk.say(19) == "cleared:expiry#2"
    desk = Desk(violation_timeout_s=10)
    desk.caught()
    assert desk.say(60) == ""
    desk.hears("c2")
    assert desk.say(61) == "violation+late#2 cleared:expiry#2"


def test_the_origin_of_the_badge_writes():
    desk = Desk()
    desk.hears("c2")
    desk.tell(desk.write.badge(8, "in"), desk.write.denied(9, "in", "c2", confirmed=True))
    assert desk.say() == "" and desk.say(999) == ""


def gone(desk, controller):
    desk.peers.missed(controller, 0)
    desk.peers.tick(30000)


def test_while_the_origin_is_gone_the_first_of_the_area_writes():
    for me, others, expected in (("c1", ("c2", "c3"), "violation+late#1"), ("c3", ("c2", "c3"), "")):
        desk = Desk(me, others)
        desk.tell(desk.write.badge(8, "in"), desk.write.denied(9, "in", "c2", confirmed=True))
        desk.hears("c1", "c3")
        gone(desk, "c2")
        assert desk.say() == expected, me
    desk = Desk("c3", ("c2", "c3"))
    desk.tell(desk.write.badge(8, "in"), desk.write.denied(9, "in", "c2", confirmed=True))
    gone(desk, "c2")
    gone(desk, "c1")
    assert desk.say() == "violation+late#1"


def test_what_another_told_is_not_told_again():
    desk = Desk()
    badge = desk.write.denied(9, "in", "c2", confirmed=True)
    desk.tell(desk.write.badge(8, "in"), badge)
    desk.take("apb.violation", {"area": "a", "no": 0, "of": list(name(badge))})
    gone(desk, "c2")
    assert desk.say() == ""
    desk.tell(desk.write.clear(70))
    assert desk.say(80) == ""


def test_an_end_that_was_known_before_its_violation_was_told_is_told_too():
    desk = Desk(others=())
    badge = desk.caught()
    desk.tell(desk.write.clear(20))
    desk.take("apb.violation", {"area": "a", "no": 0, "of": list(name(badge))})
    assert desk.say(80) == "cleared:operator#2" and desk.say(90) == ""


def test_a_suspicion_after_a_violation_changes_nothing():
    desk = Desk(others=())
    badge = desk.caught()
    assert desk.say() == "violation+late#2"
    desk.take("apb.suspected", {"area": "a", "no": 0, "of": list(name(badge))})
    assert desk.say() == ""


def test_each_person_for_himself():
    desk = Desk(others=())
    desk.caught()
    desk.tell(desk.write.badge(8, "in", no=1))
    assert desk.say(no=1) == "" and desk.say(no=0) == "violation+late#2"
    assert desk.table.presence.beside.marks("a", 0) and not desk.table.presence.beside.marks("a", 1)


def test_reports_about_areas_held_elsewhere_are_let_go():
    desk = Desk()
    desk.take("apb.violation", {"area": "z", "no": 0, "of": ["c2", 1, 1]})
    assert desk.told() == []


def test_what_was_told_is_not_told_again_after_a_restart():
    desk = Desk(others=())
    desk.caught()
    desk.say()
    desk.tell(desk.write.clear(20))
    assert desk.say() == "cleared:operator#2" and desk.told() == []
    again = Desk(others=())
    again.reports.closed.restore(desk.reports.closed.keep())
    again.tell(*desk.table.facts)
    assert again.say() == ""
    fresh = Desk(others=())
    fresh.tell(*desk.table.facts)
    assert fresh.say() != ""


def test_what_ends_before_the_clock_is_set_is_known_under_its_new_name():
    desk = Desk(others=())
    desk.take("apb.violation", {"area": "a", "no": 0, "of": ["c1", 0, 2]})
    desk.take("apb.cleared", {"area": "a", "no": 0, "of": ["c1", 0, 2]})
    desk.take("apb.violation", {"area": "a", "no": 1, "of": ["c1", 0, 3]})
    desk.reports.rename("c1", 7)
    assert desk.reports.closed.get("a c1 7 2") == b"c" and desk.told() == [["1", "7", "3", str(START_MS + 60000), "violation", "c1", "a"]]


def test_what_was_told_and_not_ended_is_known_after_a_restart():
    desk, again = Desk(others=()), Desk(others=())
    desk.caught()
    assert desk.say() == "violation+late#2"
    told = list(desk.reports.keep())
    again.reports.restore(told)
    again.tell(*desk.table.facts)
    assert again.say() == "" and again.told() == desk.told() != []


def test_only_so_many_are_remembered():
    desk = Desk(others=())
    for number in range(2100):
        desk.take("apb.cleared", {"area": "a", "no": number % 700, "of": ["c2", 1, number]})
    assert desk.reports.closed.count == 148 and not desk.told()
