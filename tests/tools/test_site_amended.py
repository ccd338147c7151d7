"""Settings of an area changed in the text of a site file: what else stands in it stays as it was written."""

import json
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from tools.site.amended import amended
from tools.site.errors import SiteError

TOML, JSON = Path("hq.toml"), Path("hq.json")
HQ = """# The house.
site = "hq"   # its name

[areas.office]   # all floors
entrances = ["lobby_in"] # one only
anti_passback = "soft"  # for now
capacity = 5
reset_at = [
  "04:00", # the cleaners are gone
]

# What is behind the steel door.
[areas.vault]
anti_passback = { entrances = "hard", exits = "soft" }

[users.kim]
"""


def test_a_value_is_changed_where_it_stands():
    assert amended(TOML, HQ, "office", {"anti_passback": "hard"}) == HQ.replace('"soft"  # for now', '"hard"  # for now')
    assert amended(TOML, HQ, "office", {}) == HQ


def test_a_new_key_stands_before_the_comment_that_tells_of_the_next_table():
    made = amended(TOML, HQ, "office", {"confirm_grants": True, "reset_at": []})
    assert 'reset_at = []\nconfirm_grants = true\n\n# What is behind the steel door.\n[areas.vault]' in made


def test_two_modes_are_one_line_and_none_takes_a_key_out():
    made = amended(TOML, HQ, "office", {"anti_passback": {"entrances": "hard", "exits": "off"}, "capacity": None, "minimum": None})
    assert 'anti_passback = {entrances = "hard", exits = "off"}  # for now\nreset_at' in made and "minimum" not in made


@pytest.mark.parametrize("text", [
    'areas = { office = {capacity = 3}, vault = {} }\n',
    '[areas]\r\noffice.label = "x"\r\nvault = {}\r\n',
    '[areas.office]\n[areas.office.anti_passback]\nentrances = "hard"\n[areas.vault]',
    'areas.office.label = "x"\nareas.vault.label = "y"\n',
    '[areas.vault]\n[doors.a]\n[areas.office]\n[readers]\n',
])  # fmt: skip
def test_however_it_is_written_it_says_the_same_afterwards_or_is_left_alone(text):
    wanted = {"capacity": 7, "anti_passback": {"entrances": "deny", "exits": "off"}, "exempt_groups": ["guards"]}
    data = tomllib.loads(text)
    data["areas"]["office"] = data["areas"]["office"] | wanted
    try:
        made = amended(TOML, text, "office", wanted)
    except SiteError as error:
        assert "areas.office: cannot be changed from here" in str(error) and "editor" in str(error)
    else:
        assert tomllib.loads(made) == data and made.count("\r\n") == ("\r" in text) * made.count("\n")


def test_json_keeps_its_indentation_and_its_order():
    data = {"site": "hq", "areas": {"office": {"label": "Büro", "capacity": 5, "minimum": 2}, "vault": {}}}
    for indent, end in ((None, ""), (1, "\n"), (4, "\n\n"), ("\t", "\n")):
        text = json.dumps(data, indent=indent, ensure_ascii=False) + end
        made = amended(JSON, text, "office", {"capacity": None, "minimum": 3})
        assert made == text.replace('"minimum": 2', '"minimum": 3').replace(_capacity(text), "")


def _capacity(text: str) -> str:
    """The entry of the capacity with what stands before the next one."""
    start = text.index('"capacity"')
    return text[start : text.index('"minimum"')]


@given(label=st.text(st.characters(exclude_categories=("Cs",)), max_size=20), groups=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20)))
def test_any_text_in_it_and_beside_it_comes_through(label, groups):
    text = tomlkit.dumps({"areas": {"office": {"label": label}, "vault": {"label": label}}})
    wanted = {"office": {"label": label, "exempt_groups": groups}, "vault": {"label": label}}
    assert tomllib.loads(amended(TOML, text, "office", {"exempt_groups": groups})) == {"areas": wanted}
    assert json.loads(amended(JSON, json.dumps(tomllib.loads(text)), "office", {"exempt_groups": groups})) == {"areas": wanted}
