"""What holds on the whole site: emergencies, lockdowns, retired controllers. Folds of the `site` logs."""

from firmware.const import const
from firmware.core import events

_ACTS_MAX = const(16)  # of operators on one name, the newest
_REPEATED_MAX = const(64)  # emergencies or lockdowns known from heartbeats alone
_NAMES_MAX = const(30)  # of one act in a heartbeat


class Emergency:
    """The set of active sources. A source that ended never comes back."""

    def __init__(self):
        self._started = {}  # source -> (order, at_ms), the lowest known
        self._ended = {}
        self._repeated = {}  # source -> (stamp, at_ms) as others repeat it; no fold reads these

    def forget(self) -> None:
        """Forget what events have told. What others repeat goes on until they tell of its end."""
        self._started, self._ended = {}, {}

    def take(self, event: dict) -> None:
        """Fold `emergency.started` (one source) or `emergency.ended` (the sources it ends)."""
        place = (events.order(event), event["at_ms"])
        if event["type"] == "emergency.started":
            _keep_lowest(self._started, tuple(event["source"]), place)
        else:
            for source in event["ends"]:
                _keep_lowest(self._ended, tuple(source), place)

    def take_repeated(self, source: tuple, stamp: int, at_ms: int) -> bool:
        """Take that another says of a source that it is active. False where that is known, or over."""
        if source in self._started or source in self._ended or source in self._repeated:
            return False
        if len(self._repeated) >= _REPEATED_MAX:
            return False
        self._repeated[source] = (stamp, at_ms)
        return True

    def to_repeat(self) -> list:
        """Return [source, stamp, at_ms] of the active sources, sorted."""
        return [[list(source)] + self._start_of(source) for source in self.sources()]

    def _start_of(self, source: tuple) -> list:
        if source in self._started:
            order, at_ms = self._started[source]
            return [order[0], at_ms]
        return list(self._repeated[source])

    def sources(self) -> list:
        """Return the active sources, sorted."""
        known = set(self._started) | set(self._repeated)
        return sorted([source for source in known if source not in self._ended])

    def is_active(self) -> bool:
        """Say whether the site is in an emergency."""
        for sources in (self._started, self._repeated):
            for source in sources:
                if source not in self._ended:
                    return True
        return False

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
        self._repeated = []  # (event, names) as others repeat them
        self.forget()

    def forget(self) -> None:
        """Forget what events have told; not what others repeat."""
        self.changes += 1
        self._acts = {}  # name -> {nonce of the command: (order, is_on)}
        for event, names in self._repeated:
            self.take(event, names, True)

    def take_repeated(self, stamp: int, name: list, nonce: str | None, names: list) -> bool:
        """Take that another says of an act that it switched names on and still counts. False where it is known."""
        event = {"stamp": stamp, "controller": name[0], "inc": name[1], "seq": name[2], "nonce": nonce}
        key, act = nonce or events.name_of(event), (events.order(event), True)
        new = [one for one in names if self._acts.get(one, {}).get(key, act) > act or key not in self._acts.get(one, {})]
        if not new:
            return False
        self._repeated.append((event, new))
        del self._repeated[:-_REPEATED_MAX]
        self.take(event, new, True)
        return True

    def to_repeat(self) -> list:
        """Return [names, stamp, [controller, inc, seq], nonce] of the acts that hold names on, in order."""
        holding = {}
        for one in self.on():
            acts = self._acts[one]
            key = max(acts, key=lambda known: acts[known])
            holding.setdefault((acts[key][0], key), []).append(one)
        rows = []
        for order, key in sorted(holding, key=lambda act: act[0]):
            nonce = key if isinstance(key, str) else None
            name = [order[1], order[2], 0 if nonce else key[2]]
            names = holding[(order, key)]
            rows += [[names[at : at + _NAMES_MAX], order[0], name, nonce] for at in range(0, len(names), _NAMES_MAX)]
        return rows

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
        return max(acts.values())[1] if acts else False

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


def retired_name(controller: str, inc: int | None) -> str:
    """Return under which name a retirement is kept: of a controller, or of one board's incarnation under its name."""
    return controller if inc is None else "%s %d" % (controller, inc)


def retired_incs(retired: Switches) -> list:
    """Return (controller, inc) of the boards that are retired by their incarnation, sorted."""
    found = [name.split(" ") for name in retired.on()]
    return sorted([(parts[0], int(parts[1])) for parts in found if len(parts) == 2 and parts[1].isdigit()])
