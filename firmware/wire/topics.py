"""Topics below `backstop/v1/<site>/`: who publishes where, and who listens.

    log/<sender>    log, page        have/<sender>   have, answer, wait      want/<sender>   want
    ask/<area>      ask              status/<controller>, door/<door>, output/<output>, area/<area>   retained
    command/<controller>   command   reply/<operator>   reply
    config/<controller>    config, retained, and piece
A controller publishes `log`, `have`, `want` and `status` under its own name only.
"""


def root(site: str) -> str:
    """Return what stands before every topic of a site."""
    return "backstop/v1/" + site + "/"


def folder(kind: str) -> str:
    """Return the first part of the topic that a kind of message has."""
    if kind == "page":
        return "log"
    return "have" if kind in ("answer", "wait") else kind


def fits(topic: str, message: dict) -> bool:
    """Say whether a message of another may stand on a topic: its kind's, and under its sender's own name."""
    opening = folder(message["t"]) + "/"
    return topic == opening + message["from"] or (opening == "ask/" and topic.startswith(opening))


def addressed(message: dict, areas: dict) -> list:
    """Return [(topic, message)] of what is to be sent.

    A question goes to an area of which those who are asked are controllers, its own areas first; each is asked once.
    """
    if message["t"] != "ask":
        return [(folder(message["t"]) + "/" + message["from"], message)]
    left, found = message["to"], []
    for area in message["areas"] + sorted(areas):
        names = [name for name in left if area in areas and name in areas[area]["controllers"]]
        if names:
            left = [name for name in left if name not in names]
            part = dict(message)
            part["to"] = names
            found.append(("ask/" + area, part))
    return found


def subscriptions(settings: dict) -> list:
    """Return the filters of what a controller listens to."""
    own = {area for reader in settings["readers"].values() for area in reader["areas"]}
    filters = [kind + "/+" for kind in ("have", "log", "status", "want")]
    filters += [kind + "/" + settings["controller"] for kind in ("command", "config")]
    return filters + ["ask/" + area for area in sorted(own)]
