"""A broker's address, as people write it, to the settings of an MqttLink."""

import socket
from contextlib import contextmanager

from host_sim.views import WorldError
from tools.addresses import addresses, joined, of_url, urls, where

EMBEDDED = "embedded"
_CONNECT_S = 5


@contextmanager
def broker(url: str):
    """Yield the settings for `mqtt://[user:password@]host[:port][,mqtt://…]`, or of a broker that is started here: `embedded`.

    Raises: WorldError where there is no broker.
    """
    if url == EMBEDDED:
        from host_sim.broker import EmbeddedBroker

        with EmbeddedBroker() as own_url:
            yield settings(own_url)
        return
    yield reached(url)


def reached(url: str) -> dict:
    """Return the settings of a broker that is there. Raises: WorldError."""
    found = settings(url)
    _find(found)
    return found


def _find(settings: dict) -> None:
    """See that somebody listens at one of the addresses. Raises: WorldError."""
    for address in addresses(settings):
        try:
            socket.create_connection(tuple(address), _CONNECT_S).close()
            return
        except OSError as error:
            reason = error
    raise WorldError(f"no broker at {where(settings)}: {reason.strerror or reason}")


def settings(url: str) -> dict:
    """Return what a link needs. Several URLs, with commas between, are the nodes of one broker. Raises: WorldError."""
    try:
        return joined([_settings(one) for one in urls(url)])
    except ValueError as error:
        raise WorldError(f"{url}: {error}") from None


def _settings(url: str) -> dict:
    found = of_url(url)
    if found is None or found["tls"]:
        raise WorldError(f"{url}: write mqtt://host:port, or mqtt://user:password@host:port, or {EMBEDDED}")
    return found
