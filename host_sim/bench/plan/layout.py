"""Where rooms, doors, readers and people lie on the plan. Pure.

People walk in from below: a room's doors to the space around it are in its bottom wall,
inner rooms stand in rows above the floor of the outer one, the street is the strip at the foot.
Neighbours that share a door stand wall to wall, with the door in that wall.
"""

from dataclasses import dataclass

from host_sim.bench.plan.rooms import (
    CHIP_H, CHIP_W, GAP, HALL, HEAD, PAD, PLATE, SIDE_TALL, SILL, Room, build, door_width, row_size, stack, tag_width, top_of,
)
from host_sim.bench.plan.spaces import NO_AREA, OUTSIDE, Joint, parent_of


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
    plans = [lay_out(site, width_max, w) for width_max in range(w // 2, 2 * w, max(1, w // 8))]
    return max(plans, key=lambda plan: min(w / plan.w, h / plan.h))


def lay_out(site: dict, width_max: int, w: int = 0) -> Plan:
    """Draw up the plan of any site, rows no wider than asked unless one room alone is, and `w` wide at least."""
    street = build(site, width_max)
    _place(street, 0, 0, max(street.w, w), street.h)
    rooms = _flat(street)
    return Plan(street.w, street.h, rooms, _doorways(rooms, site["areas"]))


def _place(room: Room, x: float, y: float, w: float, h: float) -> None:
    """Give a room its place and fill it: rows share its width, the last row's corridor is its floor."""
    room.x, room.y, room.w, room.h = x, y, w, h
    spare = h - stack(room, [row_size(row) for row in room.rows])
    top = y + top_of(room)
    for row in room.rows:
        least_w, least_h = row_size(row)
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
    widths = [door_width(j) for j in room.doors]
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
