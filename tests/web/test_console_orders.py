"""Orders at the console in a real browser, over a real broker: doors, outputs, emergencies, areas, boards, muster readers; and the book of them."""

import re

import pytest
from playwright.sync_api import expect

from tests.brokers import wait_for
from tests.web.console import HOSTILE, Place, Seat

pytestmark = pytest.mark.browser
LINKS = [{"when": "access.granted", "output": "strobe"}]
CHANGES = [("doors", "vault", "lock", "fail_safe"), ("doors", "vault", "label", f"Vault {HOSTILE}"), ("outputs", "strobe", "label", f"Strobe {HOSTILE}"),
           ("controllers", "c2", "label", f"Cellar board {HOSTILE}"), ("readers", "gate_in", "label", f"Yard {HOSTILE}"), ("links", LINKS),
           ("readers", "vault_in", {"door": "vault", "protocol": "osdp", "bus": "one", "address": 1, "label": f"Vault reader {HOSTILE}"})]  # fmt: skip
BUTTONS = re.compile("Pair|New key|Unlock|Lock down|Release|Silence|Retire|Restore|Start an emergency|End it|Reset")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with Place(tmp_path_factory.mktemp("console"), *CHANGES) as made:
        yield made


def line(seat: Seat, label: str):
    """A door, output or controller on its page."""
    return seat.page.get_by_role("group", name=label)


def locked_down(seat: Seat, door: str):
    return line(seat, door).get_by_text("locked down", exact=True)


def give(seat: Seat, button, reason: str, sure: str = "") -> None:
    """Press a button, say why, and once more where it is asked."""
    button.click()
    seat.page.get_by_label("Reason", exact=True).last.fill(reason)
    seat.page.get_by_role("button", name="Do it").click()
    if sure:
        seat.page.get_by_role("button", name=sure).click()


def last(place: Place) -> tuple:
    return place.booked(limit=1)[0]


def test_a_door_is_unlocked_with_a_reason_and_viewers_see_it(place, sit):
    manager, viewer = sit("max", "/doors"), sit("vic", "/doors")
    assert viewer.page.get_by_role("button", name=BUTTONS).count() == 0
    give(manager, line(manager, "lobby").get_by_role("button", name="Unlock lobby"), f"a parcel {HOSTILE}")
    expect(manager.notice()).to_contain_text("Done by c1")
    for seat in (manager, viewer):
        expect(line(seat, "lobby")).to_contain_text("unlocked (operator)")
    expect(manager.page.locator("form.reason")).to_be_hidden()
    assert last(place) == ("max", "unlock", f"a parcel {HOSTILE}", "done by c1")


def test_without_a_reason_nothing_is_done(place, sit):
    seat, before = sit("max", "/doors"), len(place.booked())
    line(seat, "lobby").get_by_role("button", name="Unlock lobby").click()
    for reason in ("", "   "):
        seat.page.get_by_label("Reason", exact=True).last.fill(reason)
        seat.page.get_by_role("button", name="Do it").click()
        expect(seat.notice()).to_contain_text("Say why")
    seat.page.get_by_role("button", name="Cancel").first.click()
    expect(seat.page.locator("form.reason")).to_be_hidden()
    assert len(place.booked()) == before


def test_doors_are_locked_down_and_released_but_for_those_without_a_way_out(place, sit):
    seat = sit("max", "/doors")
    expect(line(seat, "gate")).to_contain_text("no way out, so no lockdown")
    assert line(seat, "gate").get_by_role("button", name="Lock down").count() == 0
    release_all = seat.page.get_by_role("button", name="Release every door")
    expect(release_all).to_be_hidden()

    give(seat, line(seat, "lobby").get_by_role("button", name="Lock down"), "a trial")
    expect(locked_down(seat, "lobby")).to_be_visible()
    expect(locked_down(seat, "Vault")).to_be_hidden()
    seat.page.get_by_role("button", name="Lock down every door").click()
    expect(seat.page.locator("form.reason")).to_contain_text(f"Vault {HOSTILE}. Until they are released")
    seat.page.get_by_label("Reason", exact=True).last.fill("a stranger")
    seat.page.get_by_role("button", name="Do it").click()
    expect(locked_down(seat, "Vault")).to_be_visible()
    expect(seat.page.get_by_role("button", name="Lock down every door")).to_be_hidden()
    assert last(place) == ("max", "lockdown", "a stranger", "done by c1, c2")

    give(seat, line(seat, "lobby").get_by_role("button", name="Release"), "he has left")
    expect(line(seat, "lobby").get_by_role("button", name="Lock down")).to_be_visible()
    give(seat, release_all, "he has left")
    expect(release_all).to_be_hidden()
    expect(locked_down(seat, "Vault")).to_be_hidden()
    assert [entry[1] for entry in place.booked(limit=4)] == ["release", "release", "lockdown", "lockdown"]


def test_a_reader_that_lost_its_key_is_paired_again_by_an_admin(place, sit):
    admin, manager = sit("ada", "/doors"), sit("max", "/doors")
    expect(line(admin, "Vault reader")).to_contain_text("online")
    assert line(manager, "Vault reader").get_by_role("button").count() == 0
    place.boards["c1"].lines.devices["vault_in"].set_fault("lose_key", True)
    expect(line(admin, "Vault reader")).to_contain_text("tampered with")
    expect(line(manager, "vault").first).to_contain_text(f"Vault reader {HOSTILE} tamper")
    give(admin, line(admin, "Vault reader").get_by_role("button", name="Pair"), "a new reader", "Yes: pair Vault reader")
    for seat in (admin, manager):
        expect(line(seat, "Vault reader")).to_contain_text("online")
    assert last(place) == ("ada", "pair", "a new reader", "done by c1")
    admin.shoot("console-readers.png", full_page=True)
    give(admin, line(admin, "Vault reader").get_by_role("button", name="New key"), "a year is over")
    expect(admin.notice()).to_contain_text("Done by c1")
    wait_for(lambda: last(place)[1:] == ("rotate", "a year is over", "done by c1"), "it is not in the book")
    assert not admin.serious()


def test_an_output_is_silenced(place, sit):
    seat = sit("max", "/doors")
    strobe = line(seat, "Strobe")
    expect(strobe).to_contain_text("off")
    expect(strobe.locator("button")).to_be_hidden()
    place.badge("rio", "lobby_in")
    expect(strobe).to_contain_text("on")
    give(seat, strobe.get_by_role("button", name="Silence"), "seen")
    expect(strobe).to_contain_text("off")
    assert last(place) == ("max", "silence", "seen", "done by c2")


@pytest.mark.parametrize("path", ["/doors", "/areas"])
def test_a_viewer_who_forces_the_form_is_refused_and_that_is_in_the_book(place, sit, path):
    viewer = sit("vic", path)
    assert viewer.page.get_by_role("button", name=BUTTONS).count() == 0
    viewer.page.evaluate("for (const hidden of document.querySelectorAll('form.reason, form.reason .hidden')) hidden.classList.remove('hidden')")
    viewer.page.get_by_label("Reason", exact=True).last.fill("because I can")
    told = len(place.booked(operator="vic"))
    for button in (viewer.page.get_by_role("button", name="Do it"), viewer.page.locator("form.reason .danger")):
        button.click(force=True)
        expect(viewer.notice()).to_contain_text("your role may not")
        told += 1
        wait_for(lambda count=told: len(place.booked(operator="vic")) == count, "the book does not tell of it")
    assert all("your role may not" in entry[3] for entry in place.booked(operator="vic", limit=2))


def test_an_area_is_reset_after_it_was_asked_twice(place, sit):
    place.passback("noa")
    seat, violations = sit("max", "/areas"), sit("max", "/")
    expect(violations.row("noa")).to_be_visible()
    area = seat.panel(f"Office {HOSTILE}")
    area.get_by_role("button", name="Reset").click()
    form = seat.page.locator("form.reason")
    expect(form).to_contain_text(f"Forget who is in Office {HOSTILE} and all its violations.")
    seat.page.get_by_label("Reason", exact=True).last.fill("a drill")
    seat.page.get_by_role("button", name="Do it").dblclick()  # twice at one place says it once
    expect(violations.row("noa")).to_be_visible()
    assert place.booked(action="reset") == []

    give(seat, area.get_by_role("button", name="Reset"), "a drill", "Yes: forget who is in Office")
    expect(violations.row("noa")).to_have_count(0)
    expect(area).to_contain_text("0 inside")
    assert last(place) == ("max", "reset", "a drill", "done by c1")


def test_muster_readers_are_chosen_for_the_whole_site_by_managers(place, sit):
    one, other, viewer = sit("max", "/muster"), sit("ada", "/muster"), sit("vic", "/muster")
    assert viewer.page.get_by_role("checkbox").count() == 0 and viewer.page.get_by_text("Choose muster readers").count() == 0
    one.page.get_by_text("Choose muster readers").click()
    for name in (f"Yard {HOSTILE}", "vault_out"):
        one.page.get_by_label(name).check()
    for seat in (one, other, viewer):
        expect(seat.panel("Muster").first).to_contain_text(f"safe is who badges at Yard {HOSTILE}, vault_out.")
    expect(other.page.locator("input[type=checkbox]:checked")).to_have_count(2)
    other.page.get_by_text("Choose muster readers").click()
    other.page.get_by_label("vault_out").uncheck()
    expect(one.page.get_by_label("vault_out")).not_to_be_checked()
    assert place.booked(action="muster_reader", operator="ada") == [("ada", "muster_reader", "", "done")]
    assert "Traceback" not in place.stop()
    place.start()
    expect(sit("vic", "/muster").panel("Muster").first).to_contain_text(f"safe is who badges at Yard {HOSTILE}.")


def test_the_book_tells_what_was_done_and_is_searched(place, sit):
    manager = sit("max", "/doors")
    give(manager, line(manager, "lobby").get_by_role("button", name="Unlock"), f"=2+2 {HOSTILE}")
    expect(manager.notice()).to_contain_text("Done by c1")
    assert sit("vic", "/").page.get_by_role("link", name="Book").count() == 0
    seat = sit("ada", "/")
    seat.page.get_by_role("link", name="Book").click()
    newest = seat.page.locator(".entry-of-book").first
    expect(newest).to_contain_text("Unlock lobby")
    expect(newest).to_contain_text(f"=2+2 {HOSTILE}")
    seat.page.locator("select[name=operator]").select_option("max")
    seat.page.locator("select[name=action]").select_option("unlock")
    seat.page.locator("input[name=text]").fill("2+2")
    seat.page.get_by_role("button", name="Search").click()
    expect(seat.page).to_have_url(re.compile("operator=max.*action=unlock.*text=2%2B2"))
    expect(seat.page.locator(".entry-of-book")).to_have_count(1)
    with seat.page.expect_download() as download:
        seat.page.get_by_role("link", name="CSV").click()
    assert "'=2+2" in download.value.path().read_text()
    seat.page.locator("input[name=text]").fill("nothing of that kind")
    seat.page.get_by_role("button", name="Search").click()
    expect(seat.panel("Book")).to_contain_text("Nothing was found.")


def test_the_book_goes_back_a_page_at_a_time(place, sit):
    for number in range(101):
        place.accounts.book.note(number, "zoe", "unlock", {"door": "gate"}, f"number {number}", "done")
    seat = sit("max", "/book?operator=zoe")
    expect(seat.page.locator(".entry-of-book")).to_have_count(100)
    seat.page.get_by_role("link", name="Older").click()
    expect(seat.page.locator(".entry-of-book")).to_have_count(1)
    expect(seat.page.locator(".entry-of-book")).to_contain_text("number 0")
    assert seat.page.get_by_role("link", name="Older").count() == 0


def test_an_emergency_is_started_by_a_manager_and_ended_by_an_admin(place, sit):
    manager, admin, viewer = sit("max", "/doors"), sit("ada", "/doors"), sit("vic", "/areas")
    start = manager.page.get_by_role("button", name="Start an emergency")
    start.click()
    form = manager.page.locator("form.reason")
    expect(form).to_contain_text("1 of the 3 doors unlock, those with fail-safe locks, until a site admin ends it.")
    assert manager.serious() == []
    manager.page.get_by_label("Reason", exact=True).last.fill("smoke")
    manager.page.get_by_role("button", name="Do it").click()
    expect(form.get_by_role("button", name="Yes: start the emergency")).to_be_visible()
    assert manager.serious() == []
    form.get_by_role("button", name="Cancel").click()
    assert place.booked(action="emergency") == []
    assert place.boards["c1"].locked["vault"] is True

    give(manager, start, "smoke")
    form.get_by_role("button", name="Yes: start the emergency").dblclick()
    bar = viewer.page.locator(".emergency")
    expect(bar).to_contain_text("Emergency since")
    wait_for(lambda: place.boards["c1"].locked["vault"] is False, "the vault did not unlock")
    panel = manager.panel("Emergency")
    expect(panel).to_contain_text("Started by max")
    expect(start).to_be_hidden()
    assert panel.get_by_role("button", name="End").count() == 0
    bar.get_by_role("link", name="Doors").click()
    expect(viewer.panel("Emergency")).to_contain_text("Started by max")
    admin.shoot("console-doors-emergency.png", full_page=True)

    give(admin, admin.panel("Emergency").get_by_role("button", name="End"), "a false alarm", "Yes: end it")
    expect(manager.page.locator(".emergency")).to_be_hidden()
    expect(panel).to_contain_text("There is none.")
    wait_for(lambda: place.boards["c1"].locked["vault"] is True, "the vault did not lock")
    assert [entry[:3] for entry in place.booked(action="emergency")] == [("ada", "emergency", "a false alarm"), ("max", "emergency", "smoke")]
    expect(sit("max", "/book?action=emergency").page.locator(".entry-of-book").first).to_contain_text("End an emergency")


def test_what_an_input_started_ends_there_or_by_an_admin_when_its_controller_is_gone_which_is_then_retired(place, sit):
    """The last one: the controller stays away."""
    manager, admin = sit("max", "/doors"), sit("ada", "/doors")
    place.boards["c2"].handle(("input", "fire", True))
    expect(admin.panel("Emergency")).to_contain_text(f"Input fire of Cellar board {HOSTILE}")
    expect(admin.panel("Emergency")).to_contain_text("ends at its input")
    assert admin.panel("Emergency").get_by_role("button", name="End").count() == 0
    place.boards["c2"].stop()
    end = admin.panel("Emergency").get_by_role("button", name="End")
    expect(end).to_be_visible(timeout=60_000)
    assert manager.panel("Emergency").get_by_role("button", name="End").count() == 0
    give(admin, end, "it burnt", "Yes: end it")
    expect(admin.panel("Emergency")).to_contain_text("There is none.", timeout=30_000)

    gatehouse = line(admin, "Cellar board")
    assert line(manager, "Cellar board").get_by_role("button").count() == 0
    give(admin, gatehouse.get_by_role("button", name="Retire"), "it burnt", "Yes: retire Cellar board")
    expect(gatehouse).to_contain_text("retired")
    give(admin, gatehouse.get_by_role("button", name="Restore"), "a new one came")
    expect(gatehouse).to_contain_text("offline")
    assert [entry[1] for entry in place.booked(limit=3)] == ["restore", "retire", "emergency"]
