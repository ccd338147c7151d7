"""Alerts: what was raised, whom it was sent to, what failed, and who has seen it."""

from nicegui import ui

from tools.console.alerts.shown import Alert, Delivery
from tools.console.web import words
from tools.console.web.frame import Frame
from tools.console.web.look import View
from tools.web import parts

_LOOK_S = 2.0
_STATES = {"delivered": "delivered", "red": "NOT delivered yet", "waiting": "waits", "withdrawn": "given up: the address is gone"}


class Alerts:
    def __init__(self, frame: Frame, found: list[Alert]):
        self._frame, self._shown, self._before = frame, None, None
        with parts.panel("Alerts", "alerts"):
            self._state = parts.line("p", "", "remark")
            self._list = parts.box("div", "rows")
        self._fill(found)
        ui.timer(_LOOK_S, self._look_again)

    def update(self, view: View) -> None:
        self._state.set_text(f"{view.red} messages could not be delivered for long." if view.red else "")
        parts.set_shown(self._state, bool(view.red))

    async def _look_again(self) -> None:
        found = await self._frame.ask(self._frame.house.alerts.shown.alerts)
        if found is not None:
            self._fill(found)

    def _fill(self, found: list[Alert]) -> None:
        if found == self._shown:
            return
        self._shown = found
        self._list.clear()
        with self._list:
            if not found:
                parts.line("p", "No alert yet.", "quiet")
            for alert in found:
                self._alert(alert)

    def _alert(self, alert: Alert) -> None:
        frame = self._frame
        with parts.box("div", "line alert", role="group", aria_label=alert.title):
            parts.line("span", words.time_of(alert.at_ms, frame.site))
            with parts.box("span", "what"):
                parts.line("span", alert.title, "name")
                if alert.more:
                    parts.line("span", f"and {alert.more} more", "tag")
                for delivery in alert.deliveries:
                    parts.line("span", _told(delivery), "quiet" if delivery.state != "red" else "tag is-red")
                if not alert.deliveries:
                    parts.line("span", "shown here only", "quiet")
            if alert.seen_by:
                parts.line("span", f"seen by {alert.seen_by}, {words.time_of(alert.seen_ms, frame.site)}", "quiet")
            elif frame.may("acknowledge"):
                parts.button("Seen", lambda: self._acknowledge(alert.id), "", f"Seen: {alert.title}")

    async def _acknowledge(self, number: int) -> None:
        frame = self._frame
        if await frame.is_signed_in() and frame.may("acknowledge"):
            is_first = await frame.ask(frame.house.alerts.shown.acknowledge, number, frame.session.operator)
            if is_first is not None:
                result = "done" if is_first else "somebody was first"
                await frame.ask(frame.house.accounts.note, frame.session, "acknowledge", {"alert": number}, "", result)
            await self._look_again()


def _told(delivery: Delivery) -> str:
    remark = f" ({delivery.remark})" if delivery.remark and delivery.state != "delivered" else ""
    tries = f" after {delivery.attempts} attempts" if delivery.attempts > 1 else ""
    return f"{delivery.label}: {_STATES.get(delivery.state, delivery.state)}{tries}{remark}"
