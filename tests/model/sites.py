"""Random sites: any that a site file allows, in the plain form of a site file."""

from hypothesis import strategies as st

from tests.model import settings as S

MODES = ("off", "soft", "deny", "hard")
STRICT = ("deny", "hard")
USERS = ("kim", "lee", "pat", "sam")


def rarely(draw, value, default):
    """The default three times in four: it is also what shrinking goes to."""
    return draw(value) if draw(st.integers(0, 3)) == 3 else default


@st.composite
def doors(draw, controllers: list) -> dict:
    count = draw(st.integers(len(controllers), 6))
    made = {}
    for number in range(1, count + 1):
        sensor = draw(st.booleans())
        made[f"d{number}"] = {
            "controller": controllers[number - 1] if number <= len(controllers) else draw(st.sampled_from(controllers)),
            "sensor": sensor,
            "egress": "mechanical",
            "unlock_s": draw(st.integers(2, 6)),
            "relock_on": draw(st.sampled_from(["open", "close", "timer"] if sensor else ["timer"])),
            "lock": draw(st.sampled_from(["fail_secure", "fail_safe"])),
        }
        if rarely(draw, st.booleans(), False):
            made[f"d{number}"] |= {"unlock_schedule": "hours", "unlock_after_first": draw(st.booleans())}
    return made


@st.composite
def area_readers(draw, door_names: list, taken_by_outer: dict) -> dict:
    """Entrances and exits: each door the right way round, or the other (a door between two areas)."""
    entrances, exits = [], []
    for door in draw(st.lists(st.sampled_from(door_names), min_size=1, max_size=4, unique=True)):
        there, back = (f"{door}_in", f"{door}_out") if draw(st.integers(0, 3)) < 3 else (f"{door}_out", f"{door}_in")
        entrances.append(there)
        exits.append(back)
    entrances = [r for r in entrances if taken_by_outer.get(r) != "out"]
    return {"entrances": entrances, "exits": rarely(draw, st.just([]), exits)}


@st.composite
def area_settings(draw, has_exits: bool, sensors: bool) -> dict:
    made = {
        "anti_passback": draw(anti_passback()),
        "exempt_groups": rarely(draw, st.just(["security"]), []),
        "violation_timeout_s": rarely(draw, st.sampled_from([7, 60, 900, 90_000]), 0),
        "presence_timeout_s": rarely(draw, st.sampled_from([20, 600, 50_000]), 0),
        "reset_at": rarely(draw, st.sampled_from([["09:01"], ["03:00", "12:00"]]), []),
        "schedule": rarely(draw, st.just("hours"), "always"),
        "first_use": rarely(draw, st.just("entrance"), "either"),
        "moves_on": rarely(draw, st.just("entry"), "grant") if sensors else "grant",
        "when_isolated": rarely(draw, st.just("enforce"), "soft"),
        "after_emergency": draw(st.sampled_from(["reset", "keep"])),
    }
    if all(S.mode(S.DEFAULTS | made, way) in STRICT for way in S.SIDES):  # asking first is for those who may deny
        made["confirm_grants"] = rarely(draw, st.just(True), False)
    if not made["presence_timeout_s"]:
        made |= {"capacity": draw(st.integers(1, 3))} if rarely(draw, st.just(True), False) else {}
    if S.mode(S.DEFAULTS | made, "in") in STRICT and not has_exits and not made["presence_timeout_s"]:
        made["reset_at"] = made["reset_at"] or ["12:00"]
    return made


def anti_passback():
    apart = st.fixed_dictionaries({"entrances": st.sampled_from(MODES), "exits": st.sampled_from(MODES)})
    return st.one_of(st.sampled_from(MODES[::-1]), apart)


@st.composite
def areas(draw, site: dict) -> dict:
    made = {}
    for number in range(1, draw(st.integers(1, 4)) + 1):
        parent = rarely(draw, st.sampled_from(sorted(made)), None) if made else None
        outer = outer_roles(made, parent)
        readers = draw(area_readers(sorted(site["doors"]), outer))
        if not readers["entrances"]:
            parent, readers = None, draw(area_readers(sorted(site["doors"]), {}))
        sensors = all(site["doors"][r.rsplit("_", 1)[0]]["sensor"] for r in readers["entrances"] + readers["exits"])
        made[f"a{number}"] = readers | draw(area_settings(bool(readers["exits"]), sensors))
        if parent:
            made[f"a{number}"]["parent"] = parent
    return made


def outer_roles(made: dict, parent) -> dict:
    """{reader: "out"} of the exits of a parent and of all around it."""
    roles = {}
    while parent:
        roles |= {reader: "out" for reader in made[parent]["exits"]}
        parent = made[parent].get("parent")
    return roles


@st.composite
def users(draw) -> dict:
    made = {}
    for number, name in enumerate(USERS):
        group = {"lee": "security", "pat": "limited"}.get(name, "staff")
        made[name] = {"groups": [group], "cards": [f"H10301:118:{1000 + number}"]}
    made["pat"] |= rarely(draw, st.sampled_from([{"uses": 3}, {"active": False}, {"valid_until": "2026-01-05T12:00:00"}]), {})
    return made


@st.composite
def sites(draw, controllers_max: int = 4, controllers_min: int = 1) -> dict:
    names = [f"c{number}" for number in range(1, draw(st.integers(controllers_min, controllers_max)) + 1)]
    site = {
        "site": "walk",
        "timezone": rarely(draw, st.sampled_from(["Europe/Lisbon", "America/New_York"]), "UTC"),
        "controllers": {name: {"board": "sim"} for name in names},
        "doors": draw(doors(names)),
        "users": draw(users()),
        "schedules": {"hours": {"weekly": {"mon-fri": ["08:30-09:30", "22:00-02:00"]}, "holidays": {"2026-01-06": []}}},
        "operators": {"ada": {"role": "site_admin"}, "max": {"role": "site_manager"}, "vic": {"role": "viewer"}},
    }
    site["readers"] = {f"{door}_{side}": {"door": door} for door in site["doors"] for side in ("in", "out")}
    others = sorted(site["doors"])[1:3]
    site["groups"] = {
        "staff": {"access": [{"doors": ["*"]}]},
        "security": {"access": [{"doors": ["*"]}], "lockdown": True},
        "limited": {"access": [{"doors": ["d1"], "schedule": "hours"}, *([{"doors": others}] if others else [])]},
    }
    site["areas"] = draw(areas(site))
    return site
