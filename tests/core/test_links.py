"""Links fire AUX outputs: filters, on, off, pulse, age, emergency, silence."""

from firmware.core.links import Outputs

NOON_MS = 1767614400000  # time of day in these tests; only ages matter


def link(when="door.forced", output="strobe", action="on", for_s=60, **filters):
    made = {"when": when, "output": output, "action": action, "for_s": for_s}
    for name in ("doors", "areas", "readers", "controllers"):
        made[name] = filters.get(name)
    return made


def outputs(*links, follows=None):
    spec = {"strobe": {"follows": follows}, "siren": {"follows": None}}
    return Outputs(spec, list(links))


def forced(**fields):
    event = {"type": "door.forced", "at_ms": NOON_MS, "controller": "c1", "door": "vault"}
    event.update(fields)
    return event


def fire(out, now_ms=0, **fields):
    return out.fire(forced(**fields), NOON_MS, now_ms)


def on(why, name="strobe"):
    return ("event", "output.on", {"output": name, "why": why})


def off(why, name="strobe"):
    return ("event", "output.off", {"output": name, "why": why})


def states(out, *moments_ms, name="strobe"):
    """What an output shows at some moments, ticked at each."""
    seen = []
    for now_ms in moments_ms:
        out.tick(now_ms)
        seen.append(out.is_on(name))
    return seen


def test_on_drives_the_output_and_tells_why():
    assert fire(outputs(link())) == [("output", "strobe", True), on("door.forced")]


def test_on_ends_when_its_time_is_up():
    out = outputs(link(for_s=60))
    fire(out, 1200)
    assert out.next_deadline_ms() == 61200
    assert out.tick(61199) == []
    assert out.tick(61200) == [("output", "strobe", False), off("time")]
    assert out.next_deadline_ms() is None


def test_late_tick_ends_it_as_well():
    out = outputs(link(for_s=1))
    fire(out)
    assert out.tick(90000) == [("output", "strobe", False), off("time")]


def test_zero_seconds_last_until_silenced():
    out = outputs(link(for_s=0))
    fire(out)
    assert out.next_deadline_ms() is None
    assert states(out, 86400000) == [True]
    assert out.silence("strobe", 86400001) == [("output", "strobe", False), off("silenced")]


def test_silence_of_a_silent_output_changes_nothing():
    assert outputs(link()).silence("strobe", 0) == []


def test_silence_concerns_one_output():
    out = outputs(link(), link(output="siren"))
    fire(out)
    out.silence("strobe", 10)
    assert (out.is_on("strobe"), out.is_on("siren")) == (False, True)


def test_another_type_does_not_fire():
    assert fire(outputs(link()), type="door.held") == []


FILTER_ROWS = (
    # filters of the link                     fields of the event                     fires
    ({}, {}, True),
    ({"doors": ["vault"]}, {"door": "vault"}, True),
    ({"doors": ["lobby", "vault"]}, {"door": "vault"}, True),
    ({"doors": ["lobby"]}, {"door": "vault"}, False),
    ({"doors": ["vault"]}, {"door": None, "doors": ["lobby", "vault"]}, True),
    ({"doors": ["vault"]}, {"door": None, "doors": ["lobby"]}, False),
    ({"doors": ["vault"]}, {"door": None}, False),
    ({"doors": []}, {"door": "vault"}, False),
    ({"areas": ["office"]}, {"area": "office"}, True),
    ({"areas": ["office"]}, {"area": "yard"}, False),
    ({"areas": ["office"]}, {"areas": ["yard", "office"]}, True),
    ({"areas": ["office"]}, {"areas": ["yard"]}, False),
    ({"areas": ["office"]}, {"judge": {"office": ["in", "hard"]}}, True),
    ({"areas": ["office"]}, {"judge": {"yard": ["in", "hard"]}}, False),
    ({"areas": ["office"]}, {"areas": ["yard"], "judge": {"office": ["in", "soft"]}}, False),
    ({"areas": ["office"]}, {}, False),
    ({"readers": ["vault_in"]}, {"reader": "vault_in"}, True),
    ({"readers": ["vault_in"]}, {"reader": "vault_out"}, False),
    ({"readers": ["vault_in"]}, {}, False),
    ({"controllers": ["c1"]}, {"controller": "c1"}, True),
    ({"controllers": ["c1"]}, {"controller": "c2"}, False),
    ({"doors": ["vault"], "controllers": ["c1"]}, {"door": "vault", "controller": "c1"}, True),
    ({"doors": ["vault"], "controllers": ["c2"]}, {"door": "vault", "controller": "c1"}, False),
)


def test_filters_let_pass_what_they_name():
    for filters, fields, fires in FILTER_ROWS:
        out = outputs(link(**filters))
        fire(out, **fields)
        assert out.is_on("strobe") == fires, (filters, fields)


AGE_ROWS = (
    # age of the event in ms   fires
    (0, True),
    (29999, True),
    (30000, False),
    (3600000, False),
    (-2000, True),  # another board's clock is a little ahead
)


def test_only_events_less_than_30_s_old_fire():
    for age_ms, fires in AGE_ROWS:
        out = outputs(link())
        out.fire(forced(), NOON_MS + age_ms, 0)
        assert out.is_on("strobe") == fires, age_ms


def test_pulse_is_half_a_second_on_and_half_off():
    out = outputs(link(action="pulse", for_s=2))
    fire(out, 100)
    assert states(out, 100, 599, 600, 1099, 1100, 1600, 2099, 2100) == [True, True, False, False, True, False, False, False]
    assert out.next_deadline_ms() is None


def test_pulse_names_each_half_as_a_deadline():
    out = outputs(link(action="pulse", for_s=1))
    fire(out, 100)
    assert out.next_deadline_ms() == 600
    assert out.tick(600) == [("output", "strobe", False)]
    assert out.next_deadline_ms() == 1100
    assert out.tick(1100) == [off("time")]


def test_pulse_tells_its_beginning_and_its_end_but_no_half():
    out = outputs(link(action="pulse", for_s=3))
    told = [a for a in fire(out) if a[0] == "event"]
    for now_ms in range(0, 3501, 500):
        told += [a for a in out.tick(now_ms) if a[0] == "event"]
    assert told == [on("door.forced"), off("time")]


def test_pulse_fired_again_goes_on_in_step_and_lasts_longer():
    out = outputs(link(action="pulse", for_s=2))
    fire(out, 0)
    fire(out, 700)
    assert states(out, 700, 1000, 1500, 2000, 2500, 2700) == [False, True, False, True, False, False]


def test_pulse_of_zero_seconds_lasts_until_silenced():
    out = outputs(link(action="pulse", for_s=0))
    fire(out)
    assert states(out, 60000, 60500) == [True, False]
    assert out.silence("strobe", 60500) == [off("silenced")]


def test_late_tick_finds_the_right_half():
    out = outputs(link(action="pulse", for_s=60))
    fire(out)
    assert states(out, 10700) == [False]
    assert out.next_deadline_ms() == 11000


def test_off_ends_what_links_began():
    out = outputs(link(for_s=0), link(when="door.restored", action="off", for_s=0))
    fire(out)
    assert fire(out, 9000, type="door.restored") == [("output", "strobe", False), off("door.restored")]


def test_off_at_an_output_that_is_off_changes_nothing():
    assert fire(outputs(link(action="off", for_s=0))) == []


LONGEST_ROWS = (
    # first for_s, second for_s (fired 10 s later)   off at, ms
    (60, 5, 60000),
    (5, 60, 70000),
    (60, 60, 70000),
    (0, 5, None),
    (60, 0, None),
)


def test_longest_of_overlapping_links_wins():
    for first_s, second_s, off_at_ms in LONGEST_ROWS:
        out = outputs(link(for_s=first_s), link(when="door.held", for_s=second_s))
        fire(out)
        fire(out, 10000, type="door.held")
        assert out.next_deadline_ms() == off_at_ms, (first_s, second_s)


def test_second_link_on_an_active_output_is_no_second_event():
    out = outputs(link(), link(when="door.held"))
    fire(out)
    assert fire(out, 10000, type="door.held") == []


def test_steady_on_covers_a_pulse_that_then_goes_on():
    out = outputs(link(action="pulse", for_s=10), link(when="door.held", for_s=3))
    fire(out)
    fire(out, 500, type="door.held")
    assert out.next_deadline_ms() == 3500
    assert states(out, 600, 3499, 3500, 4000, 4500) == [True, True, False, True, False]


def test_one_event_may_fire_several_links():
    out = outputs(link(), link(output="siren", for_s=5))
    actions = fire(out)
    assert on("door.forced") in actions and on("door.forced", "siren") in actions
    assert out.next_deadline_ms() == 5000


def test_output_follows_the_emergency():
    out = outputs(follows="emergency")
    assert out.set_emergency(True, 0) == [("output", "strobe", True), on("emergency")]
    assert out.set_emergency(True, 5) == []
    assert out.next_deadline_ms() is None
    assert out.set_emergency(False, 9) == [("output", "strobe", False), off("emergency")]


def test_output_that_follows_nothing_ignores_the_emergency():
    assert outputs().set_emergency(True, 0) == []


def test_neither_silence_nor_an_off_link_ends_what_an_emergency_keeps_on():
    out = outputs(link(action="off", for_s=0), follows="emergency")
    out.set_emergency(True, 0)
    assert out.silence("strobe", 1) == []
    assert fire(out, 2) == []
    assert out.is_on("strobe")


def test_link_outlasts_the_emergency():
    out = outputs(link(for_s=60), follows="emergency")
    fire(out)
    out.set_emergency(True, 1000)
    assert out.set_emergency(False, 2000) == []
    assert states(out, 59999, 60000) == [True, False]


def test_emergency_covers_a_pulse():
    out = outputs(link(action="pulse", for_s=60), follows="emergency")
    fire(out)
    out.set_emergency(True, 600)
    assert states(out, 600, 700) == [True, True]
    out.set_emergency(False, 700)
    assert out.is_on("strobe") is False


def test_outputs_that_switch_each_other_do_not_chase_in_an_instant():
    out = outputs(
        link(when="output.on", action="off", for_s=0),
        link(when="output.off", action="on", for_s=0),
        link(),
    )
    queue, told = [forced()], 0
    while queue and told < 50:
        for action in out.fire(queue.pop(), NOON_MS, 0):
            if action[0] == "event":
                told += 1
                queue.append(forced(type=action[1]))
    assert told == 1


def test_output_can_switch_another():
    out = outputs(link(when="output.on", output="siren"))
    out.fire(forced(type="output.on"), NOON_MS, 0)
    assert out.is_on("siren")
