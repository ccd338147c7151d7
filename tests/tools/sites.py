"""Site files for tests: the smallest one, and the one of the specification's page."""

import copy


def small() -> dict:
    """One controller, one door with two readers, one area, one person of each kind."""
    return copy.deepcopy(_SMALL)


def changed(*changes: tuple) -> dict:
    """The small site with (key, …, value) set; a value of ... takes the key away."""
    data = small()
    for *path, last, value in changes:
        table = data
        for part in path:
            table = table.setdefault(part, {}) if isinstance(table, dict) else table[part]
        if value is ...:
            del table[last]
        else:
            table[last] = value
    return data


_SMALL = {
    "site": "demo",
    "controllers": {"c1": {}, "c2": {}},
    "doors": {
        "lobby": {"controller": "c1", "egress": "mechanical"},
        "vault": {"controller": "c1", "egress": "break_glass", "sensor": True},
        "gate": {"controller": "c2"},
    },
    "readers": {
        "lobby_in": {"door": "lobby"},
        "lobby_out": {"door": "lobby"},
        "vault_in": {"door": "vault"},
        "vault_out": {"door": "vault"},
        "gate_in": {"door": "gate"},
    },
    "areas": {
        "office": {"entrances": ["lobby_in"], "exits": ["lobby_out"], "anti_passback": "hard"},
        "vault": {"entrances": ["vault_in"], "exits": ["vault_out"], "parent": "office"},
    },
    "schedules": {"day": {"weekly": {"mon-fri": ["08:00-18:00"]}}},
    "groups": {"staff": {"access": [{"doors": ["lobby"]}]}, "guards": {"access": [{"doors": "*"}], "lockdown": True}},
    "users": {
        "kim": {"groups": ["staff"], "cards": ["H10301:118:1603"]},
        "lee": {"groups": ["guards"], "cards": ["H10301:31:337"], "pin": "2468"},
    },
    "operators": {"ada": {"role": "site_admin"}},
    "outputs": {"strobe": {"controller": "c2"}},
}
