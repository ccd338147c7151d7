"""The joined firmware does what the modules do: their own tests, rewritten with it, pass on a board's interpreter."""

import ast
from pathlib import Path

import pytest

from tests.brokers import need
from tests.deploy import joined_tree
from tests.interpreters import MICROPYTHON32, ROOT, find, results

FOLDERS = ("app", "board", "config", "core", "hal", "panel", "replica", "update", "wire")
FILES = [path.relative_to(ROOT) for folder in FOLDERS for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))]
TESTS_MIN = 1500


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    need(Path(find(MICROPYTHON32) or "micropython"), MICROPYTHON32)
    out = tmp_path_factory.mktemp("joined")
    joined_tree.make(out, [*FILES, Path("tests/micropython_runner.py"), Path("main.py"), Path("boot.py")])
    return out


def _tests(file: Path) -> list[str]:
    tree = ast.parse((ROOT / file).read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_files_tests_pass_with_the_joined_firmware(root, file):
    told = results(MICROPYTHON32, root / file, root, frozenset(_tests(file)))
    assert set(told.errors) == set(_tests(file)), told.stderr
    assert {test: error for test, error in told.errors.items() if error} == {}


@pytest.mark.slow
def test_that_was_all_of_them(root):
    assert sum(len(results(MICROPYTHON32, root / file, root, frozenset(_tests(file))).errors) for file in FILES) >= TESTS_MIN
