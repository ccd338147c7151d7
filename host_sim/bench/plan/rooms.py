"""The rooms of a site as a tree of boxes, and how large each must be. Pure.

Units: SVG user units, about one pixel on a laptop.
"""

from dataclasses import dataclass, field

from host_sim.bench.plan.spaces import NO_AREA, OUTSIDE, Joint, joints, parent_of

PAD, HEAD, HALL, SILL = 16, 40, 72, 56  # margin, title, corridor under a row, strip over a wall with doors
GAP, PLATE = 46, 26  # a doorway, a reader's plate
LETTER, TAG_LEN_MAX = 7.4, 11  # width of a letter in a reader's name, and how many are shown
CHIP_W, CHIP_H = 96, 34
SIDE, SIDE_TALL = 86, 112  # kept free beside a door in a side wall, and its height
STREET = 62


@dataclass
class Room:
    """One space. `spots`: top left corners where people may stand; `side_doors`: in its right wall."""

    name: str
    rows: list[list["Room"]] = field(default_factory=list)
    doors: list[Joint] = field(default_factory=list)
    side_doors: list[Joint] = field(default_factory=list)
    side_door_count: int = 0  # in both side walls, whichever has more
    title_w: float = 0
    pad_left: int = PAD
    pad_right: int = PAD
    x: float = 0
    y: float = 0
    w: float = 0
    h: float = 0
    spots: list[tuple[float, float]] = field(default_factory=list)


def build(site: dict, width_max: int) -> Room:
    """Build the street with all rooms in it, each with its least size; rows no wider than asked."""
    street = _tree(site["areas"], joints(site), OUTSIDE, width_max)
    _measure(street)
    return street


def _tree(areas: dict, all_joints: list[Joint], name: str, width_max: int) -> Room:
    room = Room(name, title_w=_title_width(areas.get(name), name))
    names = [a for a in areas if parent_of(areas, a) == name]
    if name == OUTSIDE and any(j.inner == NO_AREA for j in all_joints):
        names.append(NO_AREA)
    children = [_tree(areas, all_joints, n, width_max - 2 * PAD) for n in _linked_first(names, all_joints)]
    for child in children:
        child.doors = [j for j in all_joints if j.inner == child.name]
    room.rows = _wrap(children, width_max)
    for row in room.rows:
        _share_walls(row)
    return room


def count_text(area: dict, inside: int) -> str:
    """Say how many are in, of how many, and how passback is dealt with (nothing when it is not)."""
    count = f"{inside} of {area['capacity']}" if area.get("capacity") else f"{inside} in"
    mode = area.get("anti_passback", "off")
    ways = [mode.get("entrances", "off"), mode.get("exits", "off")] if isinstance(mode, dict) else [mode]
    return count if set(ways) == {"off"} else f"{count} · {'/'.join(dict.fromkeys(ways))}"


def _title_width(area: dict | None, name: str) -> float:
    """Leave room for a room's name and its count."""
    if area is None:
        return 0
    return 9 * len(area.get("label") or name) + 6.6 * len(count_text(area, 10)) + 44


def _linked_first(names: list[str], all_joints: list[Joint]) -> list[str]:
    """Order siblings so that those with a door between them are neighbours where that can be."""
    pairs = {frozenset((j.outer, j.inner)) for j in all_joints}
    ordered: list[str] = []
    while len(ordered) < len(names):
        rest = [n for n in names if n not in ordered]
        ordered.append(next((n for n in rest if ordered and {ordered[-1], n} in pairs), rest[0]))
    return ordered


def _wrap(children: list[Room], width_max: int) -> list[list[Room]]:
    rows: list[list[Room]] = []
    used = 0.0
    for child in children:
        _measure(child)
        if not rows or used + child.w > width_max:
            rows.append([])
            used = 0.0
        rows[-1].append(child)
        used += child.w + PAD
    return rows


def _share_walls(row: list[Room]) -> None:
    """Move doors between neighbours from the bottom wall to the wall they share."""
    for left, right in zip(row, row[1:]):
        shared = [j for j in left.doors + right.doors if {j.inner, j.outer} == {left.name, right.name}]
        if shared:
            left.side_doors, left.pad_right, right.pad_left = shared, SIDE, SIDE
            left.side_door_count = max(left.side_door_count, len(shared))
            right.side_door_count = len(shared)
        left.doors = [j for j in left.doors if j not in shared]
        right.doors = [j for j in right.doors if j not in shared]


def door_width(joint: Joint) -> float:
    """Give a door in a bottom wall room for its plates, side by side on each side of the wall."""
    sides = [[r for r in joint.readers if joint.readers[r] == side] for side in (joint.outer, joint.inner)]
    return GAP + 34 + max(2 * PLATE, *(sum(tag_width(r, joint.door) for r in readers) for readers in sides))


def tag(reader: str, door: str) -> str:
    """Shorten a reader's name by its door's, which stands beside it."""
    short = reader.removeprefix(door).strip("_-") or reader
    return short if len(short) <= TAG_LEN_MAX else short[: TAG_LEN_MAX - 1] + "…"


def tag_width(reader: str, door: str) -> int:
    """Give the width of a plate with its name."""
    return PLATE + 14 + int(LETTER * len(tag(reader, door)))


def _measure(room: Room) -> None:
    """Find the least size of a room from what it holds."""
    sizes = [row_size(row) for row in room.rows]
    floor = max(2 * CHIP_W, sum(door_width(j) for j in room.doors))
    least = max([floor, *(w for w, _ in sizes)]) + room.pad_left + room.pad_right
    room.w = max(least, room.title_w)
    room.h = max(stack(room, sizes), HEAD + SIDE_TALL * room.side_door_count + SILL)


def _floor_height(room: Room) -> int:
    if room.name == OUTSIDE:
        return STREET
    chips = CHIP_H * (1 if room.rows else 2) + 8
    return chips + (SILL if room.doors else PAD)


def stack(room: Room, sizes: list[tuple[float, float]]) -> float:
    """Add up what stands in a room from top to bottom."""
    return top_of(room) + sum(h + HALL for _, h in sizes) + _floor_height(room)


def top_of(room: Room) -> int:
    return PAD if room.name == OUTSIDE else HEAD


def row_size(row: list[Room]) -> tuple[float, float]:
    for room in row:
        _measure(room)
    gaps = sum(0 if left.side_doors else PAD for left in row[:-1])
    return sum(r.w for r in row) + gaps, max(r.h for r in row)
