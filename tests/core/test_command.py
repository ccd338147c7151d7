"""Operators' commands: role by action, words by value, and that nothing of a command can stop a board."""

from firmware.core.command import Commands, Refused
from firmware.core.orders import brief
from firmware.core.credentials import People
from firmware.core.reports import Reports
from firmware.core.site import Site
from tests.core import parts
from tests.core.facts import START_MS, Writer

NEEDS = {
    "clear": "site_manager", "move": "site_manager", "pass": "site_manager", "reset": "site_manager",
    "unlock": "site_manager", "silence": "site_manager", "lockdown": "site_manager", "release": "site_manager",
    "emergency": "site_manager", "set": "site_admin", "retire": "site_admin", "restore": "site_admin",
}
RIGHT = {
    "clear": {"area": "hall", "user": "person-0"},
    "move": {"area": "hall", "user": "person-0", "presence": "out"},
    "pass": {"area": "hall", "user": "person-0"},
    "reset": {"area": "hall"},
    "unlock": {"door": "front"},
    "silence": {"output": "strobe"},
    "lockdown": {"doors": ["front"]},
    "release": {"doors": ["front"]},
    "emergency": {"active": True},
    "set": {"area": "hall", "anti_passback": "soft"},
    "retire": {"controller": "c2"},
    "restore": {"controller": "c2"},
}
ROLES = ("viewer", "site_manager", "site_admin")
WHO = {"viewer": "vic", "site_manager": "max", "site_admin": "ada"}


class Desk:
    """Commands of a board c1 that shares its hall with c2."""

    def __init__(self):
        self.settings = parts.settings(others=["c2"])
        people = People(parts.tables((0, 0)), bytes(16), self.settings["group_sets"])
        self.facts = []
        self.site = Site(self.settings, people, doors(self.settings), lambda no: self.facts, 0)
        self.site.peers.heard("c2", 0, 0)
        self.commands = Commands(self.settings, people, self.site.presence, self.site.doors, self.site, Reports(self.site.presence, self.site.peers))

    def check(self, action, operator="ada", **fields):
        """The effects, or the reason to refuse."""
        command = {"operator": operator, "action": action, "nonce": "n1", "reason": "because"}
        command.update(fields)
        try:
            return self.commands.check(command, START_MS + 60000)
        except Refused as refused:
            return str(refused)

    def tell(self, *facts):
        for fact in facts:
            self.facts.append(fact)
            self.site.presence.take(fact)


def doors(settings):
    from firmware.core.door import Door

    return {name: Door(name, door, 0) for name, door in settings["doors"].items()}


def test_each_action_needs_its_role():
    desk = Desk()
    for action in sorted(NEEDS):
        for role in ROLES:
            answer = desk.check(action, WHO[role], **RIGHT[action])
            if ROLES.index(role) < ROLES.index(NEEDS[action]):
                assert answer == "role %s may not %s" % (role, action)
            else:
                assert isinstance(answer, list) and answer, (action, role, answer)


def test_ending_an_emergency_needs_an_admin():
    desk = Desk()
    desk.site.emergency.take(Writer()("emergency.started", 1, source=["max", "n0"]))
    assert "may not end" in desk.check("emergency", "max", active=False)
    assert desk.check("emergency", "ada", active=False)[0][2]["ends"] == [["max", "n0"]]


def test_an_input_ends_only_at_its_input():
    desk, write = Desk(), Writer()
    desk.site.emergency.take(write("emergency.started", 1, "c2", source=["c2", "fire", 1]))
    assert "input" in desk.check("emergency", active=False)
    assert "online" in desk.check("emergency", active=False, controller="c2")
    assert "online" in desk.check("emergency", active=False, controller="c1")
    desk.site.emergency.take(write("emergency.started", 2, "c2", source=["ada", "n0"]))
    assert desk.check("emergency", active=False)[0][2]["ends"] == [["ada", "n0"]]
    desk.site.peers.missed("c2", 0)
    assert desk.check("emergency", active=False, controller="c2")[0][2]["ends"] == [["c2", "fire", 1]]
    assert "unknown controller" in desk.check("emergency", active=False, controller="c9")


def test_every_effect_names_who_why_and_the_nonce():
    desk = Desk()
    for action in sorted(RIGHT):
        for effect in desk.check(action, **RIGHT[action]):
            if effect[0] == "write":
                fields = effect[2]
                assert (fields["operator"], fields["reason"], fields["nonce"]) == ("ada", "because", "n1"), action
    assert len(desk.check("clear", reason="x" * 5000, **RIGHT["clear"])[0][2]["reason"]) == 100


def test_a_text_is_cut_to_what_fits_into_an_event():
    assert brief("\u8d77" * 500) == "\u8d77" * 100 and brief("\U0001f600" * 500) == "\U0001f600" * 75
    assert brief("x\ud83d") == "x?" and brief(None) == "None" and brief(["a"]) == "['a']" and brief("") == ""


def test_clear_names_the_violation_it_ends():
    desk, write = Desk(), Writer()
    assert "of" not in desk.check("clear", **RIGHT["clear"])[0][2]
    badge = write.denied(9, "in", area="hall")
    desk.tell(write.badge(3, "in", area="hall"), badge)
    assert desk.check("clear", **RIGHT["clear"])[0][2]["of"] == ["c1", 1, badge["seq"]]


def test_nobody_in_violation_gets_a_pardon():
    desk, write = Desk(), Writer()
    desk.tell(write.badge(3, "in", area="hall"), write.denied(9, "in", area="hall"))
    assert isinstance(desk.check("pass", **RIGHT["pass"]), list), "a suspicion is none: c2 has not been heard"
    desk.site.peers.heard("c2", 0, 1 << 62)
    assert "clear first" in desk.check("pass", **RIGHT["pass"])


def test_wrong_names_are_refused_by_name():
    desk = Desk()
    rows = (
        ("fly", {}, "unknown action 'fly'"),
        ("clear", {"area": "cellar", "user": "person-0"}, "unknown area 'cellar'"),
        ("clear", {"area": "hall", "user": "nobody"}, "unknown user 'nobody'"),
        ("clear", {"area": "hall"}, "unknown user 'None'"),
        ("move", {"area": "hall", "user": "person-0", "presence": "never"}, "in, out, unknown"),
        ("unlock", {"door": "back"}, "unknown door 'back'"),
        ("silence", {"output": "horn"}, "unknown output 'horn'"),
        ("lockdown", {"doors": []}, "list of names"),
        ("lockdown", {"doors": "front"}, "list of names"),
        ("lockdown", {"doors": ["front", 5]}, "list of names"),
        ("emergency", {}, "'active'"),
        ("emergency", {"active": 1}, "'active'"),
        ("set", {"area": "hall"}, "no setting"),
        ("set", {"area": "hall", "capacity": 0}, "capacity"),
        ("set", {"area": "hall", "colour": "red"}, "colour"),
        ("retire", {"controller": "c9"}, "unknown controller 'c9'"),
        ("retire", {"controller": "c2", "inc": 0}, "whole number"),
        ("restore", {"controller": "c2", "inc": "7"}, "whole number"),
    )
    for action, fields, expected in rows:
        answer = desk.check(action, **fields)
        assert isinstance(answer, str) and expected in answer, (action, answer)
    assert desk.check("clear", "eve", **RIGHT["clear"]) == "unknown operator 'eve'"


def test_one_of_two_boards_under_one_name_is_named_by_its_incarnation():
    desk = Desk()
    for action in ("retire", "restore"):
        ((_, _, fields),) = desk.check(action, controller="c2", inc=7)
        assert (fields["peer"], fields["peer_inc"]) == ("c2", 7)
        ((_, _, fields),) = desk.check(action, controller="c2")
        assert "peer_inc" not in fields


def test_any_value_in_any_field_is_taken_or_refused():
    desk = Desk()
    values = (None, True, 0, -1, 1 << 70, "", "x" * 999, [], [[]], {}, {"a": []}, ["hall"], "\x00")
    for action in sorted(RIGHT):
        for key in sorted(RIGHT[action]) + ["operator", "reason", "action"]:
            for value in values:
                fields = dict(RIGHT[action])
                fields[key] = value
                name, operator = fields.pop("action", action), fields.pop("operator", "ada")
                assert isinstance(desk.check(name, operator, **fields), (str, list))


def test_set_carries_all_settings_that_are_shared():
    effect = Desk().check("set", area="hall", capacity=4, exempt_groups=["staff"])[0]
    assert effect[:2] == ("write", "area.set") and effect[2]["settings"]["capacity"] == 4
    assert effect[2]["settings"]["exempt_groups"] == ["staff"] and "controllers" not in effect[2]["settings"]
