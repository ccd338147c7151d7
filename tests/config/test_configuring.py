"""A new configuration comes page after page, whatever the network does, and is in force as a whole or not at all."""

from firmware.config.manifest import PIECE_BYTES
from firmware.hal.ram_files import RamFiles
from tests.config.desk import Console, Fetcher, changed, same


def many(version=2, count=700):
    """A part of several pages in each table of people."""
    return changed(version, tuple([0] * count))


def test_it_is_fetched_put_in_force_and_proves_itself():
    board, console = Fetcher(), Console(many())
    board.fetch(console)
    assert board.restarts == 1 and not board.refused
    assert board.settle() == (2, None)
    assert same(board.part, many()) and board.store.news() is None
    board.start()
    assert same(board.part, many()) and not board.store.is_trial


def test_a_board_holds_one_page_and_a_piece_at_most():
    board, console = Fetcher(), Console(many())
    board.take(console.manifest)
    while board.wants:
        want = board.wants.pop(0)
        assert want["size"] == PIECE_BYTES and not board.wants, "one piece at a time"
        board.take(console.piece(want))
        held = sum([len(piece) for piece in board.configuring._pieces]) if board.configuring._new else 0
        assert held < 4096


def test_what_is_here_already_is_not_fetched():
    board = Fetcher(factory=None)
    console = Console(changed(2))
    board.fetch(console)
    tables = {table for table, _, _ in console.asked}
    assert tables == {"list", "settings"}, "only the version is another"
    board.settle()
    more = Console(many(3))
    board.fetch(more)
    assert "keys" not in {table for table, _, _ in more.asked}
    board.settle()
    again = Console(changed(4, tuple([0] * 699 + [1])))
    board.fetch(again)
    pages = {(table, number) for table, number, _ in again.asked if table not in ("list", "settings")}
    assert pages == {("people", 2)}, "of whom one was changed"


def test_lost_pieces_are_asked_for_again_later_each_time_until_a_minute():
    board, console = Fetcher(), Console(changed())
    board.take(console.manifest)
    moments = []
    while board.now_ms < 400_000:
        moments.append(board.now_ms)
        board.rest(board.configuring.due_ms - board.now_ms)
    assert moments[:7] == [0, 1000, 3000, 7000, 15000, 31000, 63000] and moments[-1] - moments[-2] == 60000
    assert len(board.wants) == len(moments) + 1
    board.serve(console)
    assert board.restarts == 1, "doubled pieces do no harm"


def test_every_third_piece_is_lost_every_second_doubled_some_overtaken():
    board, console, count, late = Fetcher(), Console(many()), 0, []
    board.take(console.manifest)
    while not board.restarts:
        for want in board.wants[:]:
            board.wants.remove(want)
            count += 1
            piece = console.piece(want)
            if count % 3:
                board.take(piece)
                late.append(piece)
            if count % 2:
                board.take(piece)
            if count % 5 == 0:
                board.take(late.pop(0))
        board.rest(1000)
        assert board.now_ms < 600_000
    board.settle()
    assert same(board.part, many())


def test_a_console_that_vanishes_is_gone_on_with_when_it_is_back():
    board, console = Fetcher(), Console(many())
    board.fetch(console, 9)
    before = len(board.files._files)
    board.rest(1_000_000)
    board.wants = []
    board.take(console.manifest)
    assert len(board.wants) == 0, "the same manifest"
    board.rest(0)
    assert len(board.wants) == 1, "is a sign of life"
    board.serve(console)
    assert board.restarts == 1 and len(board.files._files) > before


def test_another_console_may_go_on_with_the_same():
    board = Fetcher()
    board.fetch(Console(many()), 9)
    other = Console(many(), name="second")
    board.wants = []
    board.take(other.manifest)
    board.rest(0)
    assert board.wants[0]["to"] == "second"
    board.serve(other)
    assert board.restarts == 1


def test_a_restart_in_the_middle_keeps_the_pages_that_are_here():
    board, console = Fetcher(), Console(many())
    board.fetch(console, 30)
    asked = len(console.asked)
    board.start()
    board.wants = []
    board.fetch(console)
    assert board.restarts == 1
    whole = Console(many())
    Fetcher().fetch(whole)
    assert asked + len(console.asked[asked:]) <= len(whole.asked) + 8, "at most the page that was under way comes again"
    board.settle()
    assert same(board.part, many())


def test_a_newer_manifest_in_the_middle_takes_the_place_of_the_older():
    board, console, newer = Fetcher(), Console(many(2)), Console(many(3, 900))
    board.fetch(console, 20)
    board.wants = []
    board.fetch(newer)
    assert board.restarts == 1 and board.settle() == (3, None) and same(board.part, many(3, 900))
    board.take(Console(many(2)).manifest)
    assert board.refused == [("version 2 is older than 3, which is in force", 2, "version 2 is older than 3, which is in force")]


def test_an_older_manifest_in_the_middle_changes_nothing():
    board, console = Fetcher(), Console(many(3))
    board.fetch(console, 20)
    board.take(Console(many(2)).manifest)
    assert board.refused[0][1:] == (2, "version 2 is older than 3, which is on its way")
    board.take(Console(changed(3)).manifest)
    assert board.refused[1][1:] == (3, "another version 3 is on its way")
    board.serve(console)
    assert board.settle() == (3, None)


def test_of_an_equal_version_only_the_same_is_no_news():
    board = Fetcher()
    for _ in range(2):
        board.take(Console(changed(1)).manifest)
    assert not board.refused and not board.wants, "flashed with it"
    board.take(Console(many(1)).manifest)
    assert board.refused[0][1:] == (1, "another version 1 is in force")
    board.fetch(Console(many(2)))
    board.settle()
    board.take(Console(many(2), name="second").manifest)
    assert len(board.refused) == 1 and not board.wants
    board.take(Console(many(2, 701)).manifest)
    assert board.refused[1][1:] == (2, "another version 2 is in force")


def test_what_was_refused_is_refused_aloud_once_but_again_when_somebody_says_it_again():
    board, old = Fetcher(factory=None), Console(many(1))
    for is_retained in (True, True, False, True):
        board.take(old.manifest, is_retained)
    assert len(board.refused) == 2


def test_a_page_that_comes_damaged_is_asked_again_three_times():
    board, console = Fetcher(), Console(changed())
    board.take(console.manifest)
    flips = 2
    while board.wants:
        want = board.wants.pop(0)
        is_hit = want["page"] == ["settings", 0] and want["offset"] == 0 and flips
        flips -= bool(is_hit)
        board.take(console.piece(want, (lambda page: b"!" + page[1:]) if is_hit else None))
    assert board.restarts == 1 and not board.refused
    board, console = Fetcher(), Console(changed())
    board.take(console.manifest)
    while board.wants:
        board.take(console.piece(board.wants.pop(0), lambda page: page[:-1] + b"!"))
    assert board.refused == [("page 0 of list comes damaged", 2, "page 0 of list comes damaged")]
    assert console.asked.count(["list", 0, 0]) == 3 and not board.restarts
    board.take(console.manifest)
    assert not board.wants, "the broker repeats it"
    board.take(console.manifest, False)
    assert board.wants, "somebody tries again"


def test_pieces_that_nobody_wants_are_left_alone():
    board, console = Fetcher(), Console(changed())
    nobody = {"page": ["list", 0], "offset": 0, "size": 576}
    board.take(console.piece(nobody), False)
    board.take(console.manifest)
    want = board.wants.pop(0)
    for fields in (
        {"version": 3}, {"page": ["list", 1]}, {"page": ["people", 0]}, {"offset": 32}, {"bytes": ""}, {"size": 1}, {"size": 4097},
        {"to": "c2"}, {"t": "config"}, {"bytes": "!"}, {"bytes": 5}, {"page": None}, {"offset": -1}, {"size": True},
    ):  # fmt: skip
        board.take(console.piece(want, **fields), False)
        assert not board.wants and not board.configuring._length, fields
    board.take(console.piece(want), False)
    board.serve(console)
    assert board.restarts == 1


def test_it_waits_until_nobody_needs_the_controller():
    board, console = Fetcher(), Console(changed())
    board.controller.is_busy = True
    board.fetch(console)
    board.rest(3_600_000)
    assert not board.restarts and board.files.size("current") is None
    board.controller.is_busy = False
    board.rest(500)
    assert board.restarts == 1


def test_one_that_has_not_proved_itself_is_not_what_the_next_would_go_back_to():
    board = Fetcher()
    board.fetch(Console(changed(2)))
    board.start()
    board.fetch(Console(changed(3)))
    board.rest(60_000)
    assert board.restarts == 1 and board.store.is_trial
    board.store.settle()
    board.rest(500)
    assert board.restarts == 2 and board.settle() == (3, None)


def test_without_room_it_is_refused_and_the_old_one_stays():
    board = Fetcher(files=RamFiles(20_000))
    board.fetch(Console(many()))
    assert board.refused[0][1:] == (2, "no room in the flash")
    board.start()
    assert same(board.part, changed(1))


def test_pages_of_configurations_that_nobody_needs_go():
    board = Fetcher()
    sizes = []
    for version in range(2, 9):
        board.fetch(Console(many(version, 500 + 100 * (version % 3))))
        board.settle()
        sizes.append(len(board.files._files))
    assert board.restarts == 7 and max(sizes[3:]) <= max(sizes[:4])
    left = Console(many(9, 100))
    board.fetch(left, 12)
    board.wants = []
    board.fetch(Console(many(10, 100)))
    board.settle()
    board.fetch(Console(many(11, 100)))
    names = [name for name in board.files._files if name.startswith("settings.")]
    assert len(names) == 2, names
