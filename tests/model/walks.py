"""Random walks through a site: steps of a scenario, at least two seconds apart."""

from hypothesis import strategies as st

from tests.model.sites import MODES, USERS

GAPS_S = (2, 2, 2, 3, 3, 5, 8, 13, 61, 602, 602, 3601, 3601, 43_201, 90_001)
BOARDS_GAPS_S = (2, 2, 2, 2, 3, 3, 3, 5, 5, 8, 8, 13, 13, 61, 61, 602, 602, 3601)  # heartbeats make a day of four boards long
SPLIT_GAPS_S = (2, 2, 2, 3, 3, 5, 8, 13, 61, 61, 602)  # boards that miss one another ask every 2 s
PEOPLE = ("kim", "kim", "kim", "sam", *USERS)  # a few badge often: passbacks need two badges of one person
NOTHING = st.just([])  # what an action shrinks to
STARTS = ("2026-01-05T09:00:00", "2026-01-05T21:59:30", "2026-03-28T23:30:00")


def weighted(*pairs):
    """One of the strategies, each as often as its weight says; shrinks to the first."""
    return st.one_of(*[strategy for weight, strategy in pairs for _ in range(weight)])


def badge(site: dict):
    return st.builds(lambda reader, user: [{"badge": {"reader": reader, "user": user}}],
                     st.sampled_from(sorted(site["readers"])), st.sampled_from(PEOPLE))


def passage(site: dict):
    """A badge, and the door opens and closes."""
    return badge(site).map(lambda steps: steps + leaf(site, site["readers"][steps[0]["badge"]["reader"]]["door"]))


def leaf(site: dict, door: str) -> list:
    return [{"open": door}, {"close": door}] if site["doors"][door]["sensor"] else []


def stranger(site: dict):
    return st.sampled_from(sorted(site["readers"])).map(lambda r: [{"badge": {"reader": r, "card": "H10301:9:9"}}])


def command(site: dict, actions=("clear", "clear", "pass", "move", "reset", "set")):
    def built(operator, action, area, user, presence, mode):
        fields = {"operator": operator, "action": action, "area": area, "reason": "walk"}
        fields |= {"user": user} if action in ("clear", "pass", "move") else {}
        fields |= {"presence": presence} if action == "move" else {}
        fields |= mode if action == "set" else {}
        return [{"command": fields}]

    changes = st.one_of(
        st.fixed_dictionaries({"anti_passback": st.sampled_from(MODES)}),
        st.fixed_dictionaries({"violation_timeout_s": st.sampled_from([0, 10, 700])}),
        st.fixed_dictionaries({"first_use": st.sampled_from(["either", "entrance"])}),
    )
    return st.builds(built, st.sampled_from(["ada", "ada", "max", "vic"]), st.sampled_from(actions),
                     st.sampled_from(sorted(site["areas"])), st.sampled_from(USERS),
                     st.sampled_from(["in", "out", "unknown"]), changes)


def emergency(site: dict):
    """Fire at a board, and its end after some badges."""
    return st.builds(lambda controller, between: [{"fire": {"controller": controller, "active": True}}, *sum(between, []),
                                                  {"fire": {"controller": controller, "active": False}}],
                     st.sampled_from(sorted(site["controllers"])), st.lists(badge(site), max_size=3))


def lockdown(site: dict):
    def built(doors, between):
        first, last = ({"command": {"operator": "ada", "action": a, "doors": doors, "reason": "walk"}} for a in ("lockdown", "release"))
        return [first, *sum(between, []), last]

    return st.builds(built, st.lists(st.sampled_from(sorted(site["doors"])), min_size=1, max_size=3, unique=True),
                     st.lists(badge(site), max_size=3))


def split(site: dict):
    """Every controller in one of two groups; now and then none is alone again."""
    names = sorted(site["controllers"])

    def built(sides):
        groups = [[n for n, s in zip(names, sides) if s == side] for side in (False, True)]
        return [{"network": {"groups": [g for g in groups if g]}}]

    return st.lists(st.booleans(), min_size=len(names), max_size=len(names)).map(built)


def heal(site: dict):
    return st.just([{"network": {"groups": "all"}}])


def power(site: dict):
    """A board dies, badges go on, it comes back."""
    return st.builds(lambda name, between: [{"power": {"controller": name, "on": False}}, *sum(between, []),
                                            {"power": {"controller": name, "on": True}}],
                     st.sampled_from(sorted(site["controllers"])), st.lists(badge(site), max_size=4))


def connected(site: dict):
    """What happens on a site whose boards can all talk."""
    return weighted((1, NOTHING), (12, badge(site)), (5, passage(site)), (4, command(site)), (1, stranger(site)),
                    (1, emergency(site)), (1, lockdown(site)))


def faulty(site: dict):
    """The same, with splits and power cuts."""
    return weighted((1, NOTHING), (12, badge(site)), (4, passage(site)), (3, command(site)), (2, split(site)), (1, heal(site)),
                    (1, power(site)), (1, emergency(site)))


@st.composite
def walks(draw, actions, gaps=GAPS_S, len_max: int = 30) -> list:
    """Steps with their moments. Fractions of a second differ, so that no two durations end together by chance."""
    at, steps = 3, []
    for group, gap in draw(st.lists(st.tuples(actions, st.sampled_from(gaps)), min_size=12, max_size=len_max)):
        for number, step in enumerate(group):
            steps.append({"at": at + 0.013 * (len(steps) % 29)} | step)
            at += 4 if {"network", "power"} & set(step) else 2 if number < len(group) - 1 else gap
    return steps
