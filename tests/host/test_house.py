"""The house rules of the design, read from the source: who may import whom, and what pure code may not touch."""
import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = {"firmware", "host_sim", "tests", "tools", "boot.py", "main.py", "README.md", "Makefile", "pyproject.toml", ".ci",
       "LICENSE", "package.json", ".gitignore", ".gitattributes", ".git"}
# Part of the firmware -> the parts it may import.
MAY_IMPORT = {
    "const": set(),
    "core": {"core"},
    "wire": {"wire", "core"},
    "replica": {"replica", "core"},
    "config": {"config", "core", "wire", "update"},
    "update": {"update", "config", "wire"},
    "node": {"core", "wire", "replica", "config"},
    "hal": {"hal", "boards"},
    "boards": set(),
    "pins": {"hal", "wire"},
    "restarts": set(),
    "seldom": set(),
    "minimal": set(),
    "start": {"restarts", "wiring"},
    "wiring": {"app", "boards", "config", "hal", "minimal", "node", "pins", "restarts", "seldom", "update", "wire"},
    "app": {"node", "hal", "boards", "core", "wire", "replica"},
}
PURE = ("const", "core", "wire", "replica", "config", "update", "node", "restarts", "minimal")
# Pure code decides and computes: of the libraries it needs only these.
PURE_LIBRARIES = {"core": {"micropython", "hashlib", "struct", "array", "binascii"}}
PURE_LIBRARIES["const"] = {"micropython"}
PURE_LIBRARIES |= {part: PURE_LIBRARIES["core"] | {"json"} for part in ("wire", "replica", "config", "update", "node", "restarts", "minimal")}
NOT_ON_BOARDS = {"typing", "dataclasses", "enum", "functools", "itertools", "datetime", "re", "abc", "pathlib"}
# Benchmarks look at everything from outside, as tests do.
OUTSIDE = ("tests/", "tools/bench/")
MAINS = ("host_sim/station/process.py",)  # programs of their own, which start the app as main.py does


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> set[str]:
    """Dotted names of all modules a file imports, at any depth."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def part(path: Path) -> str:
    """'core' for firmware/core/door.py, 'node' for firmware/node.py."""
    return path.relative_to(ROOT / "firmware").with_suffix("").parts[0]


def pure_files() -> list[Path]:
    return [path for path in files("firmware") if part(path) in PURE]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_check():
    assert len(pure_files()) >= 10


@pytest.mark.parametrize("path", files("firmware"), ids=name)
def test_imports_of_the_firmware_go_one_way(path):
    if part(path) == "__init__":
        assert not imports(path)
        return
    for imported in imports(path):
        if imported.startswith("firmware"):
            assert imported.split(".")[1] in MAY_IMPORT[part(path)] | {"const", "VERSION"}, f"{name(path)} imports {imported}"


@pytest.mark.parametrize("path", pure_files(), ids=name)
def test_pure_code_imports_no_world(path):
    libraries = {imported.split(".")[0] for imported in imports(path)} - {"firmware"}
    assert libraries <= PURE_LIBRARIES[part(path)], name(path)


@pytest.mark.parametrize("path", files("firmware"), ids=name)
def test_firmware_imports_nothing_that_boards_lack(path):
    outside = {imported.split(".")[0] for imported in imports(path)}
    assert not outside & (NOT_ON_BOARDS | {"host_sim", "tools", "tests"})


@pytest.mark.parametrize("path", files("host_sim", "tools"), ids=name)
def test_nobody_imports_app_host_sim_or_tests(path):
    if name(path).startswith(OUTSIDE + MAINS):
        return
    own = name(path).split("/")[0]
    for imported in imports(path):
        assert not imported.startswith(("firmware.app", "tests")), f"{name(path)} imports {imported}"
        assert own == "host_sim" or not imported.startswith("host_sim"), f"{name(path)} imports {imported}"


@pytest.mark.parametrize("path", pure_files(), ids=name)
def test_pure_code_computes_with_integers(path):
    for node in ast.walk(tree(path)):
        place = f"{name(path)}:{getattr(node, 'lineno', 0)}"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{place}: a float"
        assert not isinstance(getattr(node, "op", None), ast.Div), f"{place}: / makes a float"
        assert not (isinstance(node, ast.Name) and node.id in ("float", "complex")), f"{place}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", pure_files(), ids=name)
def test_pure_code_neither_prints_nor_opens(path):
    called = {node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"print", "open", "input", "exec", "eval", "__import__"}


@pytest.mark.parametrize("path", files("firmware"), ids=name)
def test_no_bare_except_in_the_firmware(path):
    """One `except Exception` in the whole firmware: the supervisor's, in app.py."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
            assert not broad or part(path) == "app", f"{name(path)}:{node.lineno}"


def test_the_root_holds_only_what_belongs_there():
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()}
    strange = {path.name for path in ROOT.iterdir()} - TOP - ignored
    assert not strange


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    hosts = "|".join(("pypi" + r"\.org", "files\\.python" + "hosted", "deb\\." + "debian", "npmjs" + r"\.", "crates" + r"\.io"))
    paths = r"(?<![\w.])/(work|root|home)/\w"
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if parts[0] in TOP - {".git", "LICENSE"} and path.suffix in ("", ".py", ".md", ".toml", ".txt", ".json", ".sh") and path.is_file():
            found = re.search(f"{hosts}|{paths}", path.read_text(encoding="utf-8"))
            assert not found, f"{name(path)} names {found[0]}"


def test_every_python_file_is_one():
    """Those that only a test's own MicroPython reads, too: a merge may leave its marks in them."""
    for path in files("firmware", "host_sim", "tests", "tools"):
        compile(path.read_text(), str(path), "exec", dont_inherit=True)


def test_every_dependency_is_pinned_exactly():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = project["project"]["dependencies"] + sum(project["dependency-groups"].values(), [])
    lines += [line for line in (ROOT / "tools/setup/constraints.txt").read_text().split("\n") if line and line[0] != "#"]
    for line in lines:
        assert re.fullmatch(r"[\w.-]+==[\w.]+", line), line
