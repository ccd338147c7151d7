"""One message to one address, through apprise: mail, webhooks, chats, SMS. What it says of failures is kept without secrets."""

import logging
from collections.abc import Iterable

import apprise

from tools.console.alerts import addresses

_DEADLINE_S = 60  # for one message to one receiver
_SAID = ("WARNING", "ERROR", "CRITICAL")
_UNKNOWN = "no service understands this address"


class Sender:
    """`send(url, title, body)` returns None where the receiver has confirmed it, else in words why not. Never raises.

    An address with several receivers of one service counts as a whole: if one of them fails, all get it again.
    """

    def __init__(self):
        # They log hosts, paths, parts of passwords and what was sent.
        logging.getLogger("apprise").propagate = False
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        memory = apprise.PersistentStoreMode.MEMORY  # no files beside the database
        self._asset = apprise.AppriseAsset(app_id="Backstop", app_desc="Backstop", storage_mode=memory, service_timeout=_DEADLINE_S)
        # A service is kept: it knows how long to wait between two messages.
        self._services: dict[str, apprise.NotifyBase] = {}

    def send(self, url: str, title: str, body: str) -> str | None:
        try:
            remark = self._remark(url, title, body)
        except Exception as error:  # any of a hundred services, whatever an address makes of it
            remark = f"{type(error).__name__}: {error}"
        return None if remark is None else addresses.hidden(remark, url)

    def problem(self, url: str) -> str | None:
        """Say what is wrong with an address before anything is sent there."""
        try:
            return None if self._service(url) else _UNKNOWN
        except Exception as error:
            return addresses.hidden(f"{type(error).__name__}: {error}", url)

    def problems(self, urls: Iterable[str]) -> list[tuple[str, str]]:
        """(label, what is wrong) of addresses to which nothing will ever get."""
        return [(addresses.label(url), words) for url in urls if (words := self.problem(url))]

    def _remark(self, url: str, title: str, body: str) -> str | None:
        service = self._service(url)
        if service is None:
            return _UNKNOWN
        post = apprise.Apprise(service, asset=self._asset)
        result = post.notify(body, title, notify_type=apprise.NotifyType.WARNING, body_format=apprise.NotifyFormat.TEXT)
        if result:
            return None
        said = [entry.message for each in result.results for attempt in each.attempts for entry in attempt.logs if entry.level in _SAID]
        return " ".join(said) or f"not taken: {result.status.name.lower()}"

    def _service(self, url: str) -> apprise.NotifyBase | None:
        if url not in self._services:
            made = apprise.Apprise.instantiate(url, asset=self._asset, suppress_exceptions=True)
            if made is None:
                return None
            made.optional = False  # `?optional=yes` would call a failure a success
            self._services[url] = made
        return self._services[url]
