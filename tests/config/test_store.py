"""Power is cut in every operation on the files: the board has the old configuration or the new one, never a mixture."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.config.loading import read_part
from firmware.config.manifest import Manifest, read
from firmware.config.store import Store
from firmware.hal.nor import PowerCut
from firmware.hal.ram_files import RamFiles
from firmware.wire.part_pages import PartPages
from tests.config.desk import Console, Fetcher, changed, same

SLOW = ("test_a_power_cut_in_any_operation_leaves_the_old_or_the_new",)

PARTS = {1: changed(1), 2: changed(2, (0, 1) * 200), 3: changed(3, (0, 1, 2) * 120)}


def live(board, told):
    """From a start on: what the start tells is settled; then what is newest is fetched."""
    board.start()
    news = board.store.news()
    if news:
        told.append(news)
        board.store.settle()
    newest = 2 if board.part.settings["version"] == 1 else 3
    board.wants = []
    board.fetch(Console(PARTS[newest]))


def lives(cut_at, torn):
    """Live until version 3 has proved itself, power being cut in one operation. Returns how many operations there were."""
    board, told, cuts = Fetcher(factory=PartPages(PARTS[1])), [], 0
    board.files.torn, board.files.cut_at = torn, cut_at
    version = 1
    for _ in range(8):
        try:
            live(board, told)
        except PowerCut:
            cuts += 1
            board.files.restore()
        found = as_it_is(board)
        assert same(found, PARTS[found.settings["version"]]), "a mixture"
        assert found.settings["version"] >= version, "back to an older one"
        version = found.settings["version"]
    assert version == 3 and board.settle() is None
    assert told and {news for news in told} <= {(2, None), (3, None)}, told
    return board.files.operations, cuts


def as_it_is(board):
    """The part that a start would find."""
    files = RamFiles()
    files._files = dict(board.files._files)
    return read_part(Store(files, board.factory).open())


def test_a_power_cut_in_any_operation_leaves_the_old_or_the_new():
    operations, _ = lives(None, 0)
    assert operations > 25
    for torn in (500, 1000):
        for cut_at in range(1, operations + 1):
            assert lives(cut_at, torn)[1] == 1, cut_at


def in_force(parts, tries=None):
    """A board that has put these parts in force, one after the other."""
    board = Fetcher(factory=PartPages(PARTS[1]))
    for a_part in parts:
        board.fetch(Console(a_part))
        board.settle()
    return board


def test_a_configuration_that_does_not_start_is_given_up_after_three_times():
    board = in_force([PARTS[2]])
    board.fetch(Console(PARTS[3]))
    for _ in range(3):
        board.start()
        assert board.part.settings["version"] == 3 and board.store.news() == (3, None)
    board.start()
    assert same(board.part, PARTS[2]) and board.store.news() == (3, "it did not start")
    board.start()
    assert board.store.news() == (3, "it did not start"), "nobody has noted it yet"
    board.store.settle()
    board.start()
    assert board.store.news() is None and board.store.refused == [3, "it did not start"]
    board.take(Console(PARTS[3]).manifest)
    assert not board.wants, "the broker repeats it: it would not start again"
    board.fetch(Console(PARTS[3], name="again"))
    assert board.restarts == 3 and board.settle() == (3, None) and board.store.refused is None


def test_the_first_that_does_not_start_leaves_what_the_board_was_flashed_with():
    board = in_force([])
    board.fetch(Console(PARTS[2]))
    board.start()
    board.store.fall_back("MemoryError")
    assert board.store.news() == (2, "MemoryError")
    board.start()
    assert same(board.part, PARTS[1]) and board.store.news() == (2, "MemoryError")


def test_a_page_that_goes_bad_is_noticed_at_the_start_and_fetched_again():
    board, console = in_force([PARTS[2], PARTS[3]]), Console(PARTS[3])
    name = [name for name in board.files.names() if name.startswith("people.0.")][0]
    is_of_both = board.store._needs(board.store.manifest, name)
    board.files._files[name] = b"!" + board.files._files[name][1:]
    board.start()
    if is_of_both:
        assert same(board.part, PARTS[2]) and board.store.news() == (3, "a page of it is damaged")
        board.store.settle()
    board.fetch(console)
    assert board.settle() == (3, None) and same(board.part, PARTS[3])
    assert is_of_both == (len(console.asked) > 0)


def test_a_board_flashed_with_something_newer_uses_that():
    board = in_force([PARTS[2]])
    store = Store(board.files, PartPages(PARTS[3]))
    assert same(read_part(store.open()), PARTS[3]) and store.manifest is None and store.news() is None
    old = Store(board.files, PartPages(changed(2)))
    assert old.open() is old.factory


def test_files_that_are_no_configuration_are_passed_over():
    factory = PartPages(PARTS[1])
    right = Console(PARTS[2]).manifest
    for current in (b"", b"0", b"0\n", b"x\n" + right, b"0 " + right, b"0\n{}", b"0\n" + right[:-60], b"\xff" * 5000):
        files = RamFiles()
        files.write("current", [current])
        files.write("refused", [current])
        files.write("before", [current])
        store = Store(files, factory)
        assert same(read_part(store.open()), PARTS[1]) and store.news() is None, current


def test_what_is_kept_is_known_by_its_bytes():
    board = in_force([PARTS[2]])
    payload = board.store.manifest.payload
    assert board.store.knows(payload, True) and board.store.knows(payload, False)
    assert not board.store.knows(payload + b" ", True)
    assert Manifest(read(payload), payload).list == board.store.manifest.list
