"""Where rooms, doors, readers and people lie on the plan. Pure.

People walk in from below: a room's doors to the space around it are in its bottom wall,
inner rooms stand in rows above the floor of the outer one, the street is the strip at the foot.
Neighbours that share a door stand wall to wall, with the door in that wall.
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


@dataclass
class Doorway:
    """A drawn door: hinge corner, `angle` 0 in a bottom wall, 90 in a side wall, readers' plates."""

    joint: Joint
    x: float
    y: float
    angle: int
    plates: dict[str, tuple[float, float]]
    note: str


@dataclass
class Plan:
    """The finished plan: outer size, rooms outermost first (the street is the first), doorways."""

    w: float
    h: float
    rooms: list[Room]
    doorways: list[Doorway]


def fit(site: dict, w: int, h: int) -> Plan:
    """Draw up the plan that shows largest in a box of this size."""
    plans = [lay_out(site, width_max) for width_max in range(w // 2, 2 * w, max(1, w // 8))]
    return max(plans, key=lambda plan: min(w / plan.w, h / plan.h))


def lay_out(site: dict, width_max: int) -> Plan:
    """Draw up the plan of any site, rows no wider than asked unless one room alone is."""
    all_joints = joints(site)
    street = _tree(site["areas"], all_joints, OUTSIDE, width_max)
    _measure(street)
    _place(street, 0, 0, street.w, street.h)
    rooms = _flat(street)
    return Plan(street.w, street.h, rooms, _doorways(rooms, site["areas"]))


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


def _door_width(joint: Joint) -> float:
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
    sizes = [_row_size(row) for row in room.rows]
    floor = max(2 * CHIP_W, sum(_door_width(j) for j in room.doors))
    least = max([floor, *(w for w, _ in sizes)]) + room.pad_left + room.pad_right
    room.w = max(least, room.title_w)
    room.h = max(_stack(room, sizes), HEAD + SIDE_TALL * room.side_door_count + SILL)


def _floor_height(room: Room) -> int:
    if room.name == OUTSIDE:
        return STREET
    chips = CHIP_H * (1 if room.rows else 2) + 8
    return chips + (SILL if room.doors else PAD)


def _stack(room: Room, sizes: list[tuple[float, float]]) -> float:
    """Add up what stands in a room from top to bottom."""
    return _top(room) + sum(h + HALL for _, h in sizes) + _floor_height(room)


def _top(room: Room) -> int:
    return PAD if room.name == OUTSIDE else HEAD


def _row_size(row: list[Room]) -> tuple[float, float]:
    for room in row:
        _measure(room)
    gaps = sum(0 if left.side_doors else PAD for left in row[:-1])
    return sum(r.w for r in row) + gaps, max(r.h for r in row)


def _place(room: Room, x: float, y: float, w: float, h: float) -> None:
    """Give a room its place and fill it: rows share its width, the last row's corridor is its floor."""
    room.x, room.y, room.w, room.h = x, y, w, h
    spare = h - _stack(room, [_row_size(row) for row in room.rows])
    top = y + _top(room)
    for row in room.rows:
        least_w, least_h = _row_size(row)
        tall = least_h + max(0, spare) / len(room.rows)
        _place_row(row, x + room.pad_left, top, w - room.pad_left - room.pad_right - least_w, tall)
        top += tall + HALL
    _set_spots(room, top)


def _place_row(row: list[Room], x: float, y: float, spare: float, h: float) -> None:
    for room in row:
        w = room.w + spare / len(row)
        _place(room, x, y, w, h)
        x += w + (0 if room.side_doors else PAD)


def _set_spots(room: Room, top: float) -> None:
    """Mark where people may stand: a grid on the free floor."""
    left, right = room.x + room.pad_left, room.x + room.w - room.pad_right
    foot = room.y + room.h - (SILL if room.doors else 8)
    columns = max(1, int((right - left) // CHIP_W))
    lines = max(1, int((foot - top) // CHIP_H))
    room.spots = [(left + c * CHIP_W, top + line * CHIP_H) for line in range(lines) for c in range(columns)]


def _flat(room: Room) -> list[Room]:
    return [room] + [r for row in room.rows for child in row for r in _flat(child)]


def _doorways(rooms: list[Room], areas: dict) -> list[Doorway]:
    found = []
    for room in rooms:
        found += _bottom_doors(room, areas) + _wall_doors(room)
    return found


def _bottom_doors(room: Room, areas: dict) -> list[Doorway]:
    widths = [_door_width(j) for j in room.doors]
    spare = (room.w - 2 * PAD - sum(widths)) / (len(widths) + 1) if widths else 0
    x, y, found = room.x + PAD + 16 + spare, room.y + room.h, []
    for joint, width in zip(room.doors, widths):
        around = OUTSIDE if room.name == NO_AREA else parent_of(areas, room.name)
        found.append(Doorway(joint, x, y, 0, _plates(joint, x, y), "" if joint.outer == around else joint.outer))
        x += width + spare
    return found


def _plates(joint: Joint, x: float, y: float) -> dict[str, tuple[float, float]]:
    """Hang plates to the right of the doorway: outside ones under the wall, inside ones above it."""
    places, used = {}, {joint.outer: 0, joint.inner: 0}
    for reader in sorted(joint.readers):
        side = joint.readers[reader]
        drop = 10 if side == joint.outer else -46
        places[reader] = (x + GAP + 20 + used[side], y + drop)
        used[side] += tag_width(reader, joint.door)
    return places


def _wall_doors(room: Room) -> list[Doorway]:
    """Put doors between neighbours one under the other into the right wall."""
    found, x = [], room.x + room.w
    for place, joint in enumerate(room.side_doors):
        y = room.y + HEAD + 6 + place * SIDE_TALL
        found.append(Doorway(joint, x, y, 90, _side_plates(joint, room.name, x, y + GAP + 10), ""))
    return found


def _side_plates(joint: Joint, left: str, x: float, y: float) -> dict[str, tuple[float, float]]:
    """Hang plates under the doorway, on each side of a side wall."""
    return {r: (x - 14 - PLATE if side == left else x + 14, y) for r, side in sorted(joint.readers.items())}
