"""Every event type of the product, so that a scenario cannot wait for a word nobody says."""

EVENT_TYPES = frozenset(
    """
    access.granted access.denied access.entered access.not_used
    apb.violation apb.suspected apb.cleared apb.reset apb.moved apb.passed apb.unjudged
    area.set area.isolated area.joined
    door.unlocked door.locked door.opened door.closed door.forced door.held door.restored
    rex.pressed rex.released
    input.on input.off output.on output.off
    emergency.started emergency.ended lockdown.started lockdown.ended
    reader.offline reader.online reader.tamper reader.paired keypad.locked
    controller.started controller.offline controller.online controller.duplicate
    controller.retired controller.restored
    config.applied config.refused update.staged update.confirmed update.rolled_back update.paused
    clock.set clock.error command.refused table.repaired log.lost
    """.split()
)
