"""Controllers, doors, readers and emergencies, put together from what they said and what is known of them."""
from collections.abc import Iterable

from firmware.core.site_state import retired_incs
from tools.console.picture import shown
from tools.console.picture.fold import Fold
from tools.console.picture.plan import Plan
from tools.console.picture.states import States
from tools.console.replica.peers import Peer


class Things:
    """One look. `peers`: {controller: what the replica knows of it}."""

    def __init__(self, plan: Plan, fold: Fold, states: States, peers: dict[str, Peer]):
        self._plan, self._fold, self._states, self._peers = plan, fold, states, peers

    def known_until(self, controller: str) -> int | None:
        """Up to when what a controller did is known: when it was heard last, if all that it told of is here."""
        peer, newest = self._peers.get(controller), self._fold.newest.get(controller)
        return peer.heard_ms if peer and peer.heard_ms and not peer.behind else newest

    def controller(self, name: str, lost: int, incs: Iterable[int]) -> shown.Controller:
        """`incs`: the incarnations of which something is here."""
        peer, told = self._peers.get(name) or Peer(name, False), self._states
        retired = tuple(inc for controller, inc in retired_incs(self._fold.retired) if controller == name)
        return shown.Controller(
            name, self._plan.label("controllers", name), peer.is_online, peer.inc, peer.hardware, peer.heard_ms, self._fold.newest.get(name),
            peer.behind, peer.clock_error_ms, peer.err_ms, peer.is_clock_trusted, peer.is_doubled, self._fold.retired.is_on(name),
            tuple(told.isolated(name)), lost, told.get("controller", name, "version"),
            tuple(sorted(set(incs) - set(retired), reverse=True)), retired, peer.health,
        )  # fmt: skip

    def door(self, name: str) -> shown.Door:
        controller, told = self._plan.site.doors[name].controller, self._states
        return shown.Door(
            name, self._plan.label("doors", name), controller, told.get("door", name, "lock"), told.get("door", name, "why"),
            told.get("door", name, "leaf"), told.get("door", name, "alarm"), told.since_ms("door", name),
            self._fold.lockdowns.is_on(name), self.known_until(controller),
        )  # fmt: skip

    def reader(self, name: str) -> shown.Reader:
        trouble, since_ms = self._states.get("reader", name, "trouble"), self._states.since_ms("reader", name)
        return shown.Reader(name, self._plan.label("readers", name), self._plan.site.readers[name].door, trouble, since_ms)

    def output(self, name: str) -> shown.Output:
        controller = self._plan.site.outputs[name].controller
        return shown.Output(name, self._plan.label("outputs", name), controller, *self._states.output(controller, name))

    def emergency(self) -> shown.Emergency:
        sources = tuple((tuple(source), at_ms) for source, _, at_ms in self._fold.emergency.to_repeat())
        since_ms = min((at_ms for _, at_ms in sources), default=None)
        return shown.Emergency(bool(sources), sources, since_ms, tuple(self._fold.lockdowns.on()))
