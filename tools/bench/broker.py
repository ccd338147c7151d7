"""What a broker has to carry for one area of 64 controllers: messages that boards publish, by second and board."""
import functools

from tools.bench.figure import Figure
from tools.bench.hall import Crowd, Hall, site

CONTROLLERS, PEOPLE = 64, 200
SETTLED_S, IDLE_S, BUSY_S = 120, 600, 300
IDLE_MAX = 0.1
# A badge is three events, three heartbeats follow the last of them, and the states of its door, twice, and of the area
# are told: 9 messages beside what an idle area says.
MESSAGES_OF_A_BADGE = 9


@functools.cache
def _measured() -> tuple[float, float]:
    """(idle, busy): an idle area, and then one badge a second, each at another door."""
    hall = Hall(site(CONTROLLERS, PEOPLE))
    idle = idle_rate(hall, IDLE_S)
    start_ms = hall.now_ms
    Crowd(hall, sorted(hall.site.doors)).take_turns(BUSY_S, 1000)
    return idle, _rate(hall, start_ms)


def idle_rate(hall: Hall, seconds: int) -> float:
    """Return the messages by second and board of a new site once everybody has met."""
    hall.run_until(SETTLED_S * 1000)
    hall.run_until((SETTLED_S + seconds) * 1000)
    return _rate(hall, SETTLED_S * 1000)


def _rate(hall: Hall, since_ms: int) -> float:
    return len(hall.said(since_ms)) * 1000 / (hall.now_ms - since_ms) / len(hall.boards)


def bench_broker_of_idle_area() -> Figure:
    return Figure("messages/s and board, 64 idle controllers", _measured()[0], IDLE_MAX, "1/s", less_is_better=True)


def bench_broker_of_busy_area() -> Figure:
    goal = IDLE_MAX + MESSAGES_OF_A_BADGE / CONTROLLERS
    return Figure("messages/s and board, 64 controllers, a badge/s", _measured()[1], goal, "1/s", less_is_better=True)
