"""The firmware against the naive model: random sites, random walks, every answer and every row of the tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.profiles import examples
from tests.model.sites import sites
from tests.model.small import START, office
from tests.model.walk import Walk
from tests.model.walks import BOARDS_GAPS_S, GAPS_S, SPLIT_GAPS_S, STARTS, connected, faulty, walks

pytestmark = pytest.mark.slow


@st.composite
def scenes(draw, actions, controllers_max: int = 4, gaps=GAPS_S) -> tuple:
    """A site, when it starts, and what happens there."""
    site = draw(sites(controllers_max, min(controllers_max, 2)))
    return site, draw(st.sampled_from(STARTS)), draw(walks(actions(site), gaps))


@examples(60)
@given(scenes(connected, controllers_max=1))
def test_one_controller_decides_as_the_model_says(scene):
    site, start, steps = scene
    end(Walk(site, start, "one_controller").run(steps))


@examples(60)
@given(scenes(connected, gaps=BOARDS_GAPS_S))
def test_connected_controllers_decide_as_the_model_says(scene):
    site, start, steps = scene
    end(Walk(site, start, "connected").run(steps))


@st.composite
def timed(draw) -> tuple:
    """One area in which time ends things on all sides, and walks of about as many seconds."""
    settings = {
        "violation_timeout_s": draw(st.sampled_from([0, 30, 60])),
        "presence_timeout_s": draw(st.sampled_from([0, 0, 45, 80])),
        "reset_at": draw(st.sampled_from([[], ["09:01"], ["09:01", "09:02"]])),
        "first_use": draw(st.sampled_from(["either", "entrance"])),
    }
    site = office(draw(st.sampled_from(["hard", "deny", "soft"])), **settings)
    return site, START, draw(walks(connected(site), (2, 3, 5, 8, 13, 21, 34)))


@examples(40)
@given(timed())
def test_whatever_time_ends_first_ends_it(scene):
    site, start, steps = scene
    end(Walk(site, start, "timed").run(steps))


@examples(60)
@given(scenes(faulty, gaps=SPLIT_GAPS_S))
def test_splits_and_power_cuts_leave_what_the_model_says(scene):
    site, start, steps = scene
    walk = Walk(site, start, "faulty").run(steps)
    heal(walk)
    assert walk.world.agree() == []


def end(walk: Walk) -> None:
    """Time for the last report."""
    walk.wait(2)
    walk.compare_tables()
    walk.compare_reports()


def heal(walk: Walk) -> None:
    """Everybody is back, and there is time to talk."""
    at = int(walk.now_s) + 2
    back = [{"power": {"controller": name, "on": True}} for name in sorted(walk.mirror.knowledge.off)]
    for step in [{"network": {"groups": "all"}}, *back]:
        walk.step({"at": at, **step})
        at += 2
    walk.run_until(at + 8)
    walk.compare_tables()
