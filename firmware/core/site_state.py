"""What holds on the whole site: emergencies, lockdowns, retired controllers. Folds of the `site` logs."""

from firmware.core import events

_ACTS_MAX = 16  # of operators on one name, the newest


class Emergency:
    """The set of active sources. A source that ended never comes back."""

    def __init__(self):
        self._started = {}  # source -> (order, at_ms), the lowest known
        self._ended = {}

    def take(self, event: dict) -> None:
        """Fold `emergency.started` (one source) or `emergency.ended` (the sources it ends)."""
        place = (events.order(event), event["at_ms"])
        if event["type"] == "emergency.started":
            _keep_lowest(self._started, tuple(event["source"]), place)
        else:
            for source in event["ends"]:
                _keep_lowest(self._ended, tuple(source), place)

    def sources(self) -> list:
        """Return the active sources, sorted."""
        return sorted(source for source in self._started if source not in self._ended)

    def is_active(self) -> bool:
        """Say whether the site is in an emergency."""
        return any(source not in self._ended for source in self._started)

    def has_ended(self, source: tuple) -> bool:
        """Say whether a source is known to have ended."""
        return source in self._ended

    def keep(self) -> list:
        """Return what events have told, as plain values."""
        return [_kept(self._started), _kept(self._ended)]

    def restore(self, kept: list) -> None:
        """Take up what `keep` gave."""
        self._started, self._ended = _restored(kept[0]), _restored(kept[1])

    def ends(self) -> list:
        """Return (order, at_ms) of each moment at which the set became empty."""
        steps = [(place, 1) for place in self._started.values()]
        steps += [(self._ended[source], -1) for source in self._started if source in self._ended]
        steps.sort()
        active, ends = 0, []
        for place, change in steps:
            active += change
            if active == 0:
                ends.append(place)
        return ends


def _keep_lowest(places: dict, key: tuple, place: tuple) -> None:
    if key not in places or place < places[key]:
        places[key] = place


def _kept(places: dict) -> list:
    return [[list(source), list(order), at_ms] for source, (order, at_ms) in sorted(places.items(), key=str)]


def _restored(kept: list) -> dict:
    return {tuple(source): (tuple(order), at_ms) for source, order, at_ms in kept}


class Switches:
    """Named things that events switch on and off: locked-down doors, retired controllers."""

    def __init__(self):
        self.changes = 0  # rises with every event taken
        self.forget()

    def forget(self) -> None:
        self.changes += 1
        self._acts = {}  # name -> {nonce of the command: (order, is_on)}

    def take(self, event: dict, names: list, is_on: bool) -> None:
        """Fold one event about some names. Of events with one nonce the one with the lowest stamp counts."""
        self.changes += 1
        nonce = event.get("nonce") or events.name_of(event)
        for name in names:
            acts = self._acts.setdefault(name, {})
            act = (events.order(event), is_on)
            if nonce not in acts or act < acts[nonce]:
                acts[nonce] = act
            if len(acts) > _ACTS_MAX:
                acts.pop(min(acts, key=lambda known: acts[known]))

    def is_on(self, name: str) -> bool:
        """Say whether a name is switched on: by the newest act that counts."""
        acts = self._acts.get(name)
        return bool(acts) and max(acts.values())[1]

    def keep(self) -> list:
        """Return what events have told, as plain values."""
        return [
            [name, nonce if isinstance(nonce, str) else list(nonce), list(order), is_on]
            for name in sorted(self._acts)
            for nonce, (order, is_on) in sorted(self._acts[name].items(), key=str)
        ]

    def restore(self, kept: list) -> None:
        """Take up what `keep` gave."""
        self.forget()
        for name, nonce, order, is_on in kept:
            act = (tuple(order), is_on)
            self._acts.setdefault(name, {})[nonce if isinstance(nonce, str) else tuple(nonce)] = act

    def on(self) -> list:
        """Return the names that are on, sorted."""
        return [name for name in sorted(self._acts) if self.is_on(name)]
