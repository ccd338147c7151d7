"""When a controller may begin anew with another configuration: while nobody would notice.

It takes about as long as a start. Its locks stay as they are meanwhile: were they put into the safe state, each new configuration
would open every maglock of the site for a moment, and whoever causes one would know when. But whoever wants out must not have
to wait: so not in an emergency, not while a REX is pressed or has just freed a door, and not while somebody who was let in
is on the way or being judged. A fire input or a REX that comes in that time is seen at its end: contacts are levels. What
hangs in it is the watchdog's, and then the safe state is right.
"""

from firmware.const import const

_PATIENCE_MS = const(600_000)


def is_calm(controller, waited_ms: int) -> bool:
    """Say whether now is the moment. After ten minutes a busy reader or a door that is propped open keeps it no longer."""
    site, desk = controller.site, controller.desk
    if site.emergency.is_active() or any([desk.outputs.is_active(name) for name in controller.settings["outputs"]]):
        return False
    for door in site.doors.values():
        if not door.is_locked and not door.stands_unlocked():
            return False
        if waited_ms < _PATIENCE_MS and (door.next_deadline_ms() is not None or door.state()["alarm"]):
            return False
    waits = (desk.judge.next_deadline_ms(), controller.readers.next_deadline_ms())
    return waited_ms >= _PATIENCE_MS or waits == (None, None)
