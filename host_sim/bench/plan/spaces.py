"""Which spaces a site has and which two of them every door joins. Pure."""

from dataclasses import dataclass, field

OUTSIDE = ""
NO_AREA = "*"  # the room drawn for doors whose readers belong to no area; no id can be "*"


@dataclass
class Joint:
    """One door between two spaces. `readers`: reader name to the space it is mounted in."""

    door: str
    outer: str
    inner: str
    readers: dict[str, str] = field(default_factory=dict)


def parent_of(areas: dict, name: str) -> str:
    """Name the space around an area."""
    parent = areas[name].get("parent") if name in areas else None
    return parent if parent in areas else OUTSIDE


def lineage(areas: dict, name: str) -> list[str]:
    """List the spaces from this one out to the street, this one first."""
    chain = [name]
    while chain[-1] != OUTSIDE and len(chain) <= len(areas) + 1:
        chain.append(parent_of(areas, chain[-1]))
    return chain


def depth(areas: dict, name: str) -> int:
    """Count the spaces around this one; the street has 0."""
    return len(lineage(areas, name)) - 1


def joints(site: dict) -> list[Joint]:
    """List every door with the two spaces it joins, in the file's order."""
    return [_joint(site, door) for door in site["doors"]]


def _joint(site: dict, door: str) -> Joint:
    areas = site["areas"]
    readers = sorted(r for r, spec in site["readers"].items() if spec["door"] == door)
    steps = {r: step for r in readers if (step := _step(areas, r))}
    if not steps:
        return Joint(door, OUTSIDE, NO_AREA, dict.fromkeys(readers, OUTSIDE))
    ends = sorted(next(iter(steps.values())), key=lambda s: (depth(areas, s), s))
    joint = Joint(door, ends[0], ends[1])
    joint.readers = {r: _mounted(steps.get(r), ends) for r in readers}
    return joint


def _mounted(step: tuple[str, str] | None, ends: list[str]) -> str:
    """Name the side of the wall a reader hangs at: where its people come from."""
    if step and step[0] in ends:
        return step[0]
    return ends[1] if step and step[1] == ends[0] else ends[0]


def _step(areas: dict, reader: str) -> tuple[str, str] | None:
    """Name the spaces a badge at this reader leads from and to."""
    entered = _deepest_first(areas, reader, "entrances")
    left = _deepest_first(areas, reader, "exits")
    if not entered and not left:
        return None
    start = left[0] if left else parent_of(areas, entered[-1])
    end = entered[0] if entered else parent_of(areas, left[-1])
    return (start, end) if start != end else None


def _deepest_first(areas: dict, reader: str, key: str) -> list[str]:
    names = [a for a in areas if reader in (areas[a].get(key) or [])]
    return sorted(names, key=lambda a: (-depth(areas, a), a))
