"""Open a live bench, or say why this machine cannot."""

import json
import secrets
import time

from firmware.wire import topics

from host_sim.bench.live.driver import Live
from host_sim.live.interpreters import MICROPYTHON, command
from host_sim.live.settings import reached
from host_sim.mqtt import MqttLink
from host_sim.views import WorldError
from tools.addresses import where

_CONSOLE = "console"
_CONNECT_S, _KEPT_S, _LOOK_S = 5, 0.5, 0.02


def start(site, source: dict, start_ms: int, micropython: set[str], url: str, broker_port: int) -> Live:
    """Return the driver. `source`: of the site, as plain data; `micropython`: names of the controllers that run on it. Raises: WorldError."""
    if not site.controllers:
        raise WorldError(f"the site '{site.site}' has no controllers: there is no process to start")
    _check_names(site, micropython)
    if url:
        _check_nobody_is_there(site.site, reached(url))
    if not site.consoles:  # controllers listen to consoles that they know
        site = site.model_copy(update={"consoles": [_CONSOLE]})
    return Live(site, source, start_ms, {name: MICROPYTHON for name in micropython}, url, broker_port)


def _check_names(site, micropython: set[str]) -> None:
    for name in sorted(micropython - set(site.controllers)):
        raise WorldError(f"--micropython: there is no controller {name!r}; the site has {', '.join(sorted(site.controllers))}")
    if micropython:
        command(MICROPYTHON, "")  # complains where there is none


def _check_nobody_is_there(site: str, settings: dict) -> None:
    """Real boards must not meet simulated ones of the same names. Raises: WorldError."""
    link = MqttLink(settings, f"look-{secrets.token_hex(4)}", topics.root(site), ["status/+"], None, 0)
    link.start()
    try:
        online = _kept(link)
    finally:
        link.stop()
    if not link.counts["connects"]:
        raise WorldError(f"the broker at {where(settings)} lets nobody in, or is none")
    if online:
        raise WorldError(f"at this broker controllers of a site '{site}' are online already: {', '.join(sorted(online))}")


def _kept(link: MqttLink) -> set[str]:
    """Return who is online, as the broker has kept it."""
    end_s, online = time.monotonic() + _CONNECT_S, set()
    while time.monotonic() < end_s and not link.counts["connects"]:
        time.sleep(_LOOK_S)
    time.sleep(_KEPT_S)
    for event in link.take():
        if event[0] == "message" and _is_online(event[2]):
            online.add(event[1].partition("/")[2])
    return online


def _is_online(payload: bytes) -> bool:
    try:
        return json.loads(payload)["online"] is True
    except (ValueError, KeyError, TypeError):
        return False
