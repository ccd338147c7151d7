"""Same facts, same table, in whatever order they come: the table against a fold of everything in stamp order."""

from firmware.core.site_state import Emergency
from tests.core.facts import START_MS, Lcg, Table, Writer, area

SLOW = ("test_the_table_does_not_depend_on_the_order_of_arrival",)
PEOPLE = (0, 1, 700)
CONTROLLERS = ("c1", "c2", "c3")
MODES = ("off", "soft", "deny", "hard")
SEQUENCES = 45
FACTS = 26


def site(luck):
    """An area around another, and one that moves on entry; settings by chance."""
    return {
        "outer": _area(luck, first_use=luck.one_of(("either", "entrance"))),
        "inner": _area(luck, parent="outer"),
        "gate": _area(luck, moves_on="entry"),
    }


def _area(luck, **settings):
    modes = {"entrances": luck.one_of(MODES), "exits": luck.one_of(MODES)}
    settings.update(anti_passback=modes, after_emergency=luck.one_of(("reset", "keep")))
    settings["violation_timeout_s"] = luck.one_of((0, 0, 3))
    settings["presence_timeout_s"] = luck.one_of((0, 0, 5))
    settings["reset_at"] = luck.one_of(([], [], [480, 481]))
    return area(**settings)


def story(luck):
    """Facts by chance, about two minutes' worth round a `reset_at` moment, from three boards with bad clocks."""
    write, facts, at_ms = Writer(), [], START_MS + 30000
    for count in range(FACTS):
        at_ms += luck.one_of((0, 1, 40, 400, 2000, 9000))
        fields = {"err_ms": luck.one_of((0, 100, 900)), "no": luck.one_of(PEOPLE)}
        fact = _fact(luck, write, at_ms, luck.one_of(CONTROLLERS), fields)
        # Two events of one origin never have the same stamp; of two origins they may.
        fact["stamp"] += 2 * count + luck.below(2)
        if facts and luck.below(4) == 0 and "judge" in fact:
            fact["after"] = {name: list(_name(luck.one_of(facts))) for name in fact["judge"]}
        facts.append(fact)
        if fact.get("nonce") and luck.below(3) == 0:
            twin = dict(fact)
            twin.update({"controller": "c9", "seq": count + 1, "stamp": fact["stamp"] + luck.below(1 << 28)})
            facts.append(twin)
    return facts


def _name(fact):
    return (fact["controller"], fact["inc"], fact["seq"])


def _fact(luck, write, at_ms, controller, fields):
    name = luck.one_of(("outer", "inner", "gate"))
    dice = luck.below(20)
    if dice < 11:
        fields["judge"] = _judge(luck, luck.one_of(("in", "out")), name)
        kind = "access.denied" if luck.below(5) == 0 else "access.granted"
        return write.at_ms(kind, at_ms, controller, reader=_reader(luck, controller), door="d", **fields)
    if dice < 14:
        kind = luck.one_of(("access.entered", "access.not_used"))
        if kind == "access.not_used":
            fields["lost"] = luck.below(2) == 1
        return write.at_ms(kind, at_ms, controller, reader=_reader(luck, controller), door="d", **fields)
    if dice == 17:
        by = luck.one_of(("expiry", "late_event", "healed"))
        return write.at_ms("apb.cleared", at_ms, controller, area=name, by=by, of=["c1", 1, 1], **fields)
    if dice < 18:
        return _order(luck, write, at_ms, controller, name, fields)
    return _change(luck, write, at_ms, controller, name, fields)


def _reader(luck, controller):
    return controller + luck.one_of(("_in", "_out"))


def _judge(luck, direction, name):
    judge = {name: [direction, luck.one_of(MODES)]}
    if name == "inner" and luck.below(3) == 0:
        judge["outer"] = [direction, luck.one_of(MODES)]
    return judge


def _order(luck, write, at_ms, controller, name, fields):
    kind = luck.one_of(("apb.cleared", "apb.moved", "apb.passed"))
    if kind == "apb.moved":
        fields["presence"] = luck.one_of(("in", "out", "unknown"))
    return write.at_ms(kind, at_ms, controller, area=name, by="operator", nonce=_nonce(luck), **fields)


def _nonce(luck):
    return "n%d" % luck.below(1 << 24)


def _change(luck, write, at_ms, controller, name, fields):
    nonce = _nonce(luck)
    del fields["no"]
    if luck.below(2):
        return write.at_ms("apb.reset", at_ms, controller, area=name, by="operator", nonce=nonce, **fields)
    settings = {"anti_passback": {"entrances": luck.one_of(MODES), "exits": luck.one_of(MODES)}}
    settings["violation_timeout_s"] = luck.one_of((0, 4))
    return write.at_ms("area.set", at_ms, controller, area=name, settings=settings, nonce=nonce, **fields)


def fires(luck):
    """Starts and ends of emergencies by chance."""
    write, events = Writer(), []
    for number in range(luck.below(4)):
        start_ms = START_MS + 30000 + luck.below(90000)
        source = ["c1", "fire", number]
        events.append(write.at_ms("emergency.started", start_ms, "c1", source=source))
        if luck.below(4):
            events.append(write.at_ms("emergency.ended", start_ms + luck.below(30000), "c2", ends=[source]))
    return events


def _tell(table, emergency, fact):
    if fact["type"].startswith("emergency."):
        emergency.take(fact)
        table.ends = emergency.ends()
        table.presence.take_emergency_ends(table.ends)
    else:
        table.tell(fact)


def arrive(luck, facts):
    """The order in which facts come: near their own, a board at a time, or any."""
    how = luck.below(3)
    if how == 0:
        return sorted(facts, key=lambda fact: (fact["at_ms"] + 4000 * luck.below(3), fact["stamp"]))
    if how == 1:
        return sorted(facts, key=lambda fact: (fact["controller"], fact["seq"]))
    return luck.shuffled(facts)


def check(seed):
    luck = Lcg(seed)
    areas, facts = site(luck), story(luck) + fires(luck)
    for _ in range(2):
        table, emergency = Table(areas), Emergency()
        for fact in arrive(luck, facts):
            _tell(table, emergency, fact)
        assert table.stored(PEOPLE) == table.from_scratch(PEOPLE), seed
        while table.presence.is_sweeping():
            table.presence.sweep()
        assert table.stored(PEOPLE) == table.from_scratch(PEOPLE), seed
        for name in areas:
            at_ms = START_MS + 400000 - luck.below(380000)
            assert table.presence.inside(name, at_ms) == _scan(table, name, at_ms), (seed, name)


def _scan(table, name, at_ms):
    """Who is in, one by one; timeouts and `reset_at` act on what the last fact left."""
    rules, inside = table.presence.rules[name], 0
    for no in PEOPLE:
        standing = table.presence.standing(name, no).copy()
        standing.settle(rules, at_ms)
        inside += standing.presence == "in"
    return inside


def test_the_table_does_not_depend_on_the_order_of_arrival():
    for seed in range(SEQUENCES):
        check(seed)
