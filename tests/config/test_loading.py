"""What a start looks at before it trusts a new configuration: that what it names is there."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.config.loading import find_fault, open_part
from firmware.config.store import Store
from firmware.wire.part_pages import PartPages
from tests.config.desk import Console, Fetcher, changed, same
from tests.core.parts import door, hall, part, reader


def test_a_part_that_holds_together_has_no_fault():
    assert find_fault(part()) is None and find_fault(part(tuple([0, 1, 2] * 200))) is None


def test_each_thing_that_is_named_must_be_there():
    rows = (
        ("moon", {"doors": {"front": door(["moon"]), "vault": door([])}}),
        ("moon", {"doors": {"front": door([], interlock=["moon"]), "vault": door([])}}),
        ("moon", {"doors": {"front": door([], unlock_schedule="moon"), "vault": door([])}}),
        ("moon", {"readers": {"front_in": reader(0, "moon", {}), "front_out": reader(1, "front", {})}}),
        ("moon", {"readers": {"front_in": reader(0, "front", {"moon": "in"}), "front_out": reader(1, "front", {})}}),
        ("moon", {"areas": {"hall": hall(parent="moon")}}),
        ("moon", {"areas": {"hall": hall(schedule="moon")}}),
        ("moon", {"group_sets": [["moon"], [], []]}),
        ("staff", {"groups": {"guards": {"access": [], "lockdown": True}}}),
        ("moon", {"groups": {name: {"access": [["front", "moon"]], "lockdown": True} for name in ("staff", "guards")}}),
        ("moon", {"links": [{"output": "moon"}]}),
    )
    for name, changes in rows:
        assert find_fault(part(**changes)) == "'%s' is not there" % name, changes
    for changes in ({"doors": {"front": {}}}, {"doors": {"front": 5}}, {"groups": {"staff": None}}, {"links": [5]}):
        assert find_fault(part(**changes)) is not None, changes


def test_people_and_cards_are_as_a_lookup_wants_them():
    assert find_fault(part((0, 3))) == "somebody is in groups that are not there"
    made = part()
    cards = made.tables["cards"][0]
    made.tables["cards"] = [cards[12:] + cards[:12]]
    assert find_fault(made) == "cards or PINs are not sorted"


def test_one_on_trial_that_does_not_hold_together_is_given_up_at_once():
    board = Fetcher()
    board.fetch(Console(changed(2, links=[{"output": "moon"}])))
    store = Store(board.files, board.factory)
    assert same(open_part(store), changed(1)) and store.news() == (2, "'moon' is not there")
    board.fetch(Console(changed(3)))
    store = Store(board.files, board.factory)
    assert same(open_part(store), changed(3)) and store.news() == (3, None)


def test_what_a_board_was_flashed_with_is_not_doubted():
    """A simulation may have links to nowhere; and there would be nothing to go back to."""
    board = Fetcher()
    store = Store(board.files, PartPages(changed(1, links=[{"output": "moon"}])))
    assert open_part(store).settings["links"] == [{"output": "moon"}] and store.news() is None
