"""Deployments to a MicroPython behind a pty, by way of the real mpremote: what comes over the cable, what counts, what stays."""

import hashlib
import json
import random
import shutil

import pytest

from tests.brokers import wait_for
from tests.deploy.bundles import OUTPUTS, release
from tests.deploy.cable import FakeBoard, look
from tools.deploy import board as board_module
from tools.deploy.board import Board, Facts
from tools.deploy.deploying import Deployment, check
from tools.deploy.problem import Problem

pytestmark = pytest.mark.slow

A, B = release("A"), release("B")


def deploy(fake, bundle):
    """Deploy as the command line does. Returns how many files were sent."""
    with fake.open() as board:
        deployment = Deployment(board, bundle)
        deployment.run()
        return deployment.sent


@pytest.fixture(scope="module")
def image_of_a(tmp_path_factory):
    """The flash of a board that runs release A."""
    image = tmp_path_factory.mktemp("flash") / "a.img"
    with FakeBoard(image) as fake:
        deploy(fake, A)
    return image


@pytest.fixture
def image(image_of_a, tmp_path):
    return shutil.copy(image_of_a, tmp_path / "board.img")


def shas(files):
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def runs(image):
    """The bundle that a board runs from its flash. Everything of it has to be there."""
    seen = look(image)
    bundle = {A.tree_name: A, B.tree_name: B}[seen["installed"]["tree"]]
    name = "A" if bundle is A else "B"
    assert seen["installed"] == json.loads(bundle.installed)
    assert f"RUNS {name} {bundle.own_name}" in seen["printed"] and seen["next"] == "restart" and seen["safe"]
    assert seen["files"][bundle.tree_name] == shas(bundle.tree) and seen["files"][bundle.own_name] == shas(bundle.own)
    assert sorted(seen["driven"]) == OUTPUTS["pins"]
    for path, hashed in seen["scripts"].items():
        assert hashed in (shas(A.scripts)[path], shas(B.scripts)[path]), path
    return bundle, seen


def test_an_empty_board_gets_everything_and_runs_it(image_of_a):
    bundle, seen = runs(image_of_a)
    assert bundle is A
    assert seen["names"] == sorted([*A.scripts, "installed.json", A.tree_name, A.own_name])


def test_only_what_changed_comes_over_the_cable_and_the_old_release_goes(image):
    changed = [path for path in B.tree if B.tree[path] not in A.tree.values()] + list(B.own)
    changed = [path for path in changed if B.own.get(path) not in A.own.values()]
    with FakeBoard(image) as fake:
        sent = deploy(fake, B)
    bundle, seen = runs(image)
    assert bundle is B and sent == len(changed) < len(B.tree) + len(B.own)  # scripts are counted apart
    assert A.tree_name not in seen["names"] and A.own_name not in seen["names"]


def test_the_same_again_sends_nothing(image):
    with FakeBoard(image) as fake:
        assert deploy(fake, A) == 0
    assert runs(image)[0] is A


def test_logs_and_keys_stay_and_stale_sources_go(image):
    with FakeBoard(image) as fake:
        with fake.open() as board:
            for path in ("/config/current", "/log.bin", "/firmware/core/door.py", "/lib/firmware/app.py", "/lib/other.py", "/fw-x/y", "/main.py.new"):
                board.put(path, b"x")
        deploy(fake, B)
    names = runs(image)[1]["names"]
    assert {"config", "log.bin", "lib", "fw-x"} < set(names) and not {"firmware", "main.py.new"} & set(names)


def test_a_damaged_file_of_the_release_in_use_is_mended(image):
    with FakeBoard(image) as fake:
        with fake.open() as board:
            board.put(f"/{A.tree_name}/firmware/start.py", b"def run(")
            board.put(f"/{A.tree_name}/firmware/strange.py", b"")
        assert deploy(fake, A) == 1
    assert runs(image)[0] is A


def test_a_board_is_restarted_also_after_a_deployment_that_failed(image):
    with FakeBoard(image) as fake:
        with pytest.raises(Problem), fake.open():
            raise Problem("x")
        wait_for(lambda: fake.starts == 2)
        deploy(fake, B)
        assert fake.starts == 3


def test_a_board_at_work_is_stopped_safely_and_then_works_with_the_new_release(image):
    with FakeBoard(image, is_working=True) as fake:
        wait_for(lambda: b"RUNS A" in fake.said)
        deploy(fake, B)
        assert b"stopped; every output is in its safe state" in fake.said
        wait_for(lambda: b"RUNS B" in fake.said)
        with fake.open() as board:
            assert board.call("read", "/running") == "B"
    assert runs(image)[0] is B


def test_a_board_at_work_whose_cable_is_pulled_stays_safe_and_whole(image):
    with FakeBoard(image, is_working=True) as fake:
        wait_for(lambda: b"RUNS A" in fake.said)
        fake.cut = (6000, "cable")
        with pytest.raises(Problem, match="the board is gone"):
            deploy(fake, B)
        assert b"stopped; every output is in its safe state" in fake.said
    assert runs(image)[0] is A


def _cut_short(image, at, how):
    """Deploy B with a cut. Returns whether it came to an end all the same."""
    with FakeBoard(image) as fake:
        fake.cut = (at, how)
        try:
            deploy(fake, B)
        except Problem:
            return False
        return True


def _cuts(count, seed):
    draw = random.Random(seed)
    return [(draw.random(), draw.choice(["cable", "power"])) for _ in range(count)]


def _survives(image_of_a, tmp_path, cuts):
    """Cut a deployment of B over A at each point: always A or B, whole; and doing it again ends in B."""
    with FakeBoard(shutil.copy(image_of_a, tmp_path / "all.img")) as fake:
        deploy(fake, B)
        length = fake.carried
    found = []
    for place, how in cuts:
        image = shutil.copy(image_of_a, tmp_path / "cut.img")
        is_done = _cut_short(image, int(place * length), how)
        found.append(runs(image)[0])
        assert found[-1] is B or not is_done
        with FakeBoard(image) as fake:
            deploy(fake, B)
        bundle, seen = runs(image)
        assert bundle is B and seen["names"] == sorted([*B.scripts, "installed.json", B.tree_name, B.own_name])
    return found


def test_a_cable_pulled_or_power_cut_at_a_random_moment_leaves_a_bootable_board(image_of_a, tmp_path):
    found = _survives(image_of_a, tmp_path, [*_cuts(6, 1), (0.999, "power")])
    assert A in found


def test_two_hundred_random_cuts_leave_a_bootable_board(image_of_a, tmp_path):
    ends = [(1 - number / 4000, how) for number in range(20) for how in ("cable", "power")]
    found = _survives(image_of_a, tmp_path, [*_cuts(160, 2), *ends])
    assert A in found and B in found


def test_too_little_room_is_said_before_anything_changes(image_of_a, tmp_path):
    small = tmp_path / "small.img"
    with FakeBoard(small, blocks=64) as fake:
        deploy(fake, A)
        with fake.open() as board:
            free = board.facts().free_bytes
            board.put("/log.bin", bytes(free - 60_000))
        with pytest.raises(Problem, match="bytes are needed and .* are free"):
            deploy(fake, B)
    assert runs(small)[0] is A


def test_a_file_system_that_fills_up_on_the_way_changes_nothing(image, monkeypatch):
    monkeypatch.setattr(Deployment, "_check_room", lambda *_: None)
    with FakeBoard(image) as fake:
        with fake.open() as board:
            board.put("/log.bin", bytes(board.facts().free_bytes - 9_000))
        with pytest.raises(Problem, match="the board says: OSError"):
            deploy(fake, B)
    assert runs(image)[0] is A


def test_what_reads_back_otherwise_is_never_switched_to(image, monkeypatch):
    def flip(self, path, content, *more):
        put(self, path, content[:-1] + bytes([content[-1] ^ 1]) if content and path.startswith("/fw-") else content, *more)

    put = Board.put
    monkeypatch.setattr(Board, "put", flip)
    with FakeBoard(image) as fake, pytest.raises(Problem, match="reads back otherwise"):
        deploy(fake, B)
    assert runs(image)[0] is A


def test_a_port_that_is_none_is_said():
    with pytest.raises(Problem, match="cannot be opened.*Ports of this machine"):
        Board("/dev/no-such-port")


def test_a_port_at_which_nothing_answers_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(board_module, "_ENTER_S", 0.3)
    monkeypatch.setattr(board_module, "_READ_S", 0.1)
    with FakeBoard(tmp_path / "board.img") as fake:
        fake.cut = (1 << 30, "cable")
        fake._towards_board = lambda data: None
        with pytest.raises(Problem, match="nothing there answers as MicroPython"), Board(fake.port):
            pass


S3 = "Generic ESP32S3 module with "
ROWS = [
    # MicroPython, its .mpy, how it calls the board and the chip, the board of the bundle, the complaint
    ((1, 24, 1), 6, S3 + "ESP32S3", "kc868-a2v3", "MicroPython 1.24.1 .* 1.25 is the least"),
    ((1, 27, 0), 5, S3 + "ESP32S3", "kc868-a2v3", "takes .mpy of version 5"),
    ((1, 27, 0), 6, "Generic ESP32 module with ESP32", "kc868-a2v3", "kc868-a2v3 has an ESP32S3"),
    ((1, 27, 0), 6, "Generic ESP32C3 module with ESP32C3", "kc868-a2v3", "kc868-a2v3 has an ESP32S3"),
    ((1, 29, 0), 6, S3 + "ESP32-S3", "kc868-a2", "kc868-a2 has an ESP32, "),
    ((1, 27, 0), 6, S3 + "Octal-SPIRAM with ESP32S3", "kc868-a2v3", None),
    ((1, 29, 0), 6, S3 + "ESP32-S3", "kc868-a2v3", None),
    ((1, 29, 0), 6, "OLIMEX ESP32-EVB with ESP32", "olimex-esp32-evb", None),
    ((1, 29, 0), 6, "Generic ESP32 module with ESP32", "kc868-a2", None),
    ((1, 29, 0), 6, "somebody's own board", "kc868-a2", None),
]


@pytest.mark.parametrize("row", ROWS, ids=[str(row[:4]) for row in ROWS])
def test_a_board_that_cannot_run_it_is_refused(row):
    version, mpy, machine, board, complaint = row
    facts, bundle = Facts(version, mpy, machine, 1 << 20, 4096), A._replace(board=board)
    if complaint is None:
        check(facts, bundle)
    else:
        with pytest.raises(Problem, match=complaint):
            check(facts, bundle)
