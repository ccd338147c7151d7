"""What the broker keeps of a site, put together: controllers, doors, outputs, areas."""

from tools.backstop.line import Line
from tools.backstop.told import Area


def controllers(line: Line) -> dict[str, dict]:
    """{name: what is known of it}; of one that nobody has heard of, that it is offline."""
    unknown = {"online": False, "inc": None, "hw": None}
    found = {name: line.status.get(name, unknown) for name in sorted(line.site.controllers)}
    return {name: {key: status.get(key) for key in unknown} for name, status in found.items()}


def states(line: Line, kind: str) -> dict[str, dict]:
    """{name: its state, who told it, and whether he is still there}; None where nobody has told it."""
    names = sorted(getattr(line.site, f"{kind}s"))
    return {name: _state(line, f"{kind}/{name}") for name in names}


def violations(line: Line, areas: list[str]) -> list[dict]:
    """One row for each person in violation; where more are than are named, one that says how many."""
    rows = []
    for name in areas:
        area = line.states.get(f"area/{name}")
        if isinstance(area, Area):
            rows += [{"area": name, "user": user} for user in area.users]
            if area.violations > len(area.users):
                rows.append({"area": name, "user": None, "more": area.violations - len(area.users)})
    return rows


def _state(line: Line, topic: str) -> dict | None:
    told = line.states.get(topic)
    if told is None:
        return None
    fields = told.model_dump(exclude={"t", "sender"})
    return fields | {"controller": told.sender, "stale": told.sender not in line.online()}
