"""A release as one file that runs in place: brought where the board can, with the same guarantees, and never where it cannot."""

import random
import shutil

import pytest

from tests.deploy.bundles import release
from tests.deploy.cable import FakeBoard, look
from tests.deploy.test_deploying import shas
from tools.build import rom
from tools.deploy.board import Facts
from tools.deploy.deploying import Deployment, shaped
from tools.deploy.problem import Problem


def _packed(name, size=9_000):
    """What stands for a release's image."""
    return rom.compressed(random.Random(name).randbytes(size))


A, B = [release(name)._replace(rom=_packed(name)) for name in "AB"]
CAN, CANNOT = Facts((1, 29, 0), 6, "", 1 << 20, 4096, 1 << 18), Facts((1, 29, 0), 6, "", 1 << 20, 4096)


def deploy(fake, one, **more):
    with fake.open() as board:
        deployment = Deployment(board, one, **more)
        deployment.run()
        return deployment


@pytest.fixture(scope="module")
def image_of_a(tmp_path_factory):
    image = tmp_path_factory.mktemp("flash") / "a.img"
    with FakeBoard(image, has_rom=True) as fake:
        assert deploy(fake, A).tree_name == A.in_place().tree_name
    return image


def has(image, one):
    """Say whether a board has a release as one file, and nothing else of it."""
    seen, wanted = look(image), one.in_place()
    return seen["installed"]["tree"] == wanted.tree_name and seen["files"][wanted.tree_name] == shas({"rom.z": one.rom})


def test_a_board_that_runs_code_in_place_gets_one_file(image_of_a):
    assert has(image_of_a, A)


def test_a_board_that_does_not_gets_files(tmp_path):
    with FakeBoard(tmp_path / "board.img") as fake:
        assert deploy(fake, A).tree_name == A.tree_name
    assert look(tmp_path / "board.img")["files"][A.tree_name] == shas(A.tree)


def test_rom_0_brings_files_and_rom_1_nothing_where_it_cannot_run(image_of_a, tmp_path):
    image = shutil.copy(image_of_a, tmp_path / "board.img")
    with FakeBoard(image, has_rom=True) as fake:
        deploy(fake, A, wants_rom=False)
    assert look(image)["files"] == {A.tree_name: shas(A.tree), A.own_name: shas(A.own)}
    with FakeBoard(image) as fake, pytest.raises(Problem, match="no partition romfs, or its MicroPython no ROM file systems"):
        deploy(fake, B, wants_rom=True)
    assert look(image)["installed"]["tree"] == A.tree_name


def test_the_bar_goes_on_within_one_large_file(tmp_path):
    with FakeBoard(tmp_path / "board.img", has_rom=True) as fake:
        for _ in range(2):  # the second time it is there already
            steps, counts = [], []
            deploy(fake, A, tell=lambda step, count: steps.append((step, count)), is_done=lambda: counts.append(steps[-1][0]))
            for step, count in steps:
                assert counts.count(step) == count, step
    assert dict(steps)[f"bringing {A.in_place().tree_name}"] == -(-len(A.rom) // 3072) > 1


@pytest.mark.parametrize("how", ["cable", "power"])
def test_a_deployment_cut_at_a_random_moment_leaves_one_release_whole(image_of_a, tmp_path, how):
    with FakeBoard(shutil.copy(image_of_a, tmp_path / "all.img"), has_rom=True) as fake:
        deploy(fake, B)
        length = fake.carried
    for place in (0.3, 0.6, 0.8, 0.95):
        image = shutil.copy(image_of_a, tmp_path / "cut.img")
        with FakeBoard(image, has_rom=True) as fake:
            fake.cut = (int(place * length), how)
            with pytest.raises(Problem):
                deploy(fake, B)
        assert has(image, A) or has(image, B)
        with FakeBoard(image, has_rom=True) as fake:
            deploy(fake, B)
        assert has(image, B) and sorted(look(image)["files"]) == sorted([B.in_place().tree_name, B.own_name])


@pytest.mark.parametrize(
    ("facts", "one", "wants_rom", "is_in_place"),
    [(CAN, A, None, True), (CAN, A, True, True), (CAN, A, False, False), (CANNOT, A, None, False), (CANNOT, A, False, False), (CAN, release("A"), None, False)],
)
def test_how_a_release_is_brought(facts, one, wants_rom, is_in_place):
    assert shaped(facts, one, wants_rom) == (one.in_place() if is_in_place else one)


@pytest.mark.parametrize(
    ("facts", "one", "wants_rom", "complaint"),
    [
        (CANNOT, A, True, "no partition romfs"),
        (CAN, release("A"), True, "this build has nothing that runs in place"),
        (CAN._replace(rom_bytes=8_999), A, None, "takes 9,000 bytes, and the partition romfs has 8,999. ROM=0"),
    ],
)
def test_what_cannot_run_in_place_is_said(facts, one, wants_rom, complaint):
    with pytest.raises(Problem, match=complaint):
        shaped(facts, one, wants_rom)
