"""Alerts: which events of a site somebody must hear of, and that he does.

    alerts = Alerts(SiteFile(path), engine, Sender().send, sight=...)   # Sender: tools.console.alerts.sender
    alerts.start()
    alerts.take(events)                          # when the history has something new
    alerts.shown.alerts(), alerts.shown.attempts(), alerts.shown.acknowledge(number, operator)

One way: history -> rules -> quiet times -> outbox, in one transaction for each batch; outbox -> courier -> receiver.
"""

from tools.console.alerts.alerts import Alerts
from tools.console.alerts.lookout import Sight

__all__ = ["Alerts", "Sight"]
