"""Give every test of a portable folder once per interpreter: test_x[cpython], test_x[micropython], test_x[micropython32].

A portable file cannot mark its tests, for MicroPython has no pytest: those that its tuple SLOW names are slow.
"""
import gc
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests import interpreters
from tests.interpreters import ALL, CPYTHON


def pytest_addoption(parser):
    parser.addini("portable", "folders whose tests run on every interpreter", type="paths")


def _is_portable(config, path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in config.getini("portable"))


class PortableFile(pytest.Module):
    """A test file for every interpreter. A file without a test proves nothing, so it is an error."""

    def collect(self):
        found = list(super().collect())
        self.tests = {item.originalname for item in found if isinstance(item, pytest.Function)}
        strange = [item.name for item in found if not isinstance(item, pytest.Function)]
        if strange:
            raise self.CollectError(f"{self.path}: only plain functions run on every interpreter, not {strange}")
        if not found:
            raise self.CollectError(f"{self.path}: no tests")
        self._mark_slow(found)
        return found

    def _mark_slow(self, found: list) -> None:
        slow = set(getattr(self.obj, "SLOW", ()))
        if not slow <= self.tests:
            raise self.CollectError(f"{self.path}: SLOW names {sorted(slow - self.tests)}")
        for item in found:
            if item.originalname in slow:
                item.add_marker(pytest.mark.slow)


def pytest_pycollect_makemodule(module_path, parent):
    if _is_portable(parent.config, module_path):
        return PortableFile.from_parent(parent, path=module_path)


def pytest_generate_tests(metafunc):
    if _is_portable(metafunc.config, metafunc.definition.path):
        metafunc.fixturenames.append("interpreter")
        metafunc.parametrize("interpreter", ALL)


def _interpreter(item) -> str:
    return item.callspec.params["interpreter"] if isinstance(item.parent, PortableFile) else CPYTHON


def _leave_out(interpreter: str) -> None:
    reason = f"no {interpreter} of 1.25 or later: run `make setup`"
    if interpreters.is_required():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Answer for MicroPython from the results of the whole file; CPython runs in pytest as always."""
    interpreter = _interpreter(pyfuncitem)
    if interpreter == CPYTHON:
        return None
    if not interpreters.find(interpreter):
        _leave_out(interpreter)
    wanted = frozenset(pyfuncitem.session.wanted[interpreter, pyfuncitem.path])
    results = interpreters.results(interpreter, pyfuncitem.path, pyfuncitem.config.rootpath, wanted)
    fault = results.fault(pyfuncitem.originalname, pyfuncitem.parent.tests)
    if fault:
        pytest.fail(f"{interpreter}: {fault}", pytrace=False)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call():
    """Leave out of collections what is there already: a board takes them every few rounds, and all that pytest has loaded takes long."""
    gc.freeze()
    try:
        return (yield)
    finally:
        gc.unfreeze()


def pytest_collection_modifyitems(items):
    """Long tests first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish(session):
    """Note which tests of each file are wanted of each MicroPython: all of them run in one process."""
    session.wanted = defaultdict(set)
    for item in session.items:
        session.wanted[_interpreter(item), item.path].add(getattr(item, "originalname", item.name))


def _counts(stats: dict, config) -> dict:
    """{interpreter: Counter of outcomes} of the portable tests."""
    counts = {interpreter: Counter() for interpreter in ALL}
    for outcome in ("passed", "failed", "skipped"):
        for report in stats.get(outcome, ()):
            interpreter = report.nodeid.rpartition("[")[2].rstrip("]")
            if interpreter in ALL and _is_portable(config, config.rootpath / report.nodeid.split("::")[0]):
                counts[interpreter][outcome] += 1
    return counts


def pytest_terminal_summary(terminalreporter, config):
    """Say how many tests ran on which interpreter, and loudly which one was left out."""
    counts = _counts(terminalreporter.stats, config)
    if not any(outcomes.total() for outcomes in counts.values()):
        return
    terminalreporter.section("interpreters")
    for interpreter, outcomes in counts.items():
        terminalreporter.line(f"{interpreter:14} " + ", ".join(f"{n} {outcome}" for outcome, n in outcomes.items() if n))
        if outcomes["skipped"]:
            terminalreporter.line(f"NOTICE: {outcomes['skipped']} tests did NOT run on {interpreter}: none was found. "
                                  "Run `make setup`, which says what it lacks.", red=True, bold=True)
