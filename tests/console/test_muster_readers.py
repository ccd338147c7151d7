"""Muster readers are the site's, not a page's: kept, for managers to change, and in the book."""

import dataclasses

import pytest

from tests.tools.sites import changed
from tools.console.muster import MusterReaders
from tools.site import parse


@pytest.fixture
def readers(office):
    return MusterReaders(office.engine, office.accounts, lambda: office.site)


def test_what_is_chosen_stays_until_it_is_turned_off(office, readers):
    session = office.signed_in()
    assert readers.chosen() == ()
    for name in ("vault_in", "gate_in", "gate_in"):
        assert readers.turn(session, name, True) is None
    again = MusterReaders(office.engine, office.accounts, lambda: office.site)
    assert again.chosen() == readers.chosen() == ("gate_in", "vault_in")
    assert readers.turn(session, "gate_in", False) is None and readers.turn(session, "gate_in", False) is None
    assert again.chosen() == ("vault_in",)
    assert office.results(limit=1) == [("max", "muster_reader", "done")]


@pytest.mark.parametrize("role", ["viewer", "nobody"])
def test_who_only_looks_chooses_none_and_that_is_in_the_book(office, readers, role):
    viewer = dataclasses.replace(office.signed_in(), operator="vic" if role == "viewer" else "eve", role="viewer")
    assert readers.turn(viewer, "gate_in", True).words == "your role may not choose muster readers"
    assert readers.chosen() == () and office.results(limit=1)[0][1:] == ("muster_reader", "your role may not choose muster readers")


def test_a_reader_that_the_site_has_not_is_neither_chosen_nor_asked_for(office, readers):
    session = office.signed_in()
    for name in ("<script>", "'; DROP TABLE muster_readers --", "", "no_such", "\0"):
        assert readers.turn(session, name, True).words == "the site file names no such reader"
    assert readers.turn(session, "gate_in", True) is None
    names = {name: {"role": operator.role} for name, operator in office.site.operators.items()}
    office.site = parse(changed(("operators", names), ("readers", "gate_in", ...)))
    assert readers.chosen() == ()
    assert readers.turn(session, "gate_in", False).words == "the site file names no such reader"
