"""The plugin that runs each portable test on every interpreter, tried on small projects made to fail."""
import os
import subprocess
import sys

import pytest

from tests import interpreters

pytestmark = pytest.mark.slow  # each starts pytest anew

HOOKS = "from tests.conftest import *\n"
NO_MICROPYTHON = HOOKS + "from tests import interpreters\ninterpreters.find = lambda interpreter: None\n"
INI = "[pytest]\nportable = portable\n"
ON_MICROPYTHON = "import sys\nif sys.implementation.name == 'micropython':\n    "


@pytest.fixture
def project(tmp_path):
    """Run pytest on a project of one portable test file; gives its exit status and its report."""
    def run(tests: str, *options, conftest=HOOKS, **environment):
        (tmp_path / "portable").mkdir(exist_ok=True)
        (tmp_path / "pytest.ini").write_text(INI)
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "portable/test_it.py").write_text(tests)
        env = {**os.environ, "PYTHONPATH": str(interpreters.ROOT), "CI": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment}
        done = subprocess.run([sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *options], cwd=tmp_path, env=env,
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr
    return run


needs_micropython = pytest.mark.skipif(
    not interpreters.is_required() and not all(map(interpreters.find, interpreters.ALL[1:])), reason="no MicroPython")


@needs_micropython
def test_each_test_is_reported_once_per_interpreter(project):
    status, report = project("def test_sum():\n    assert 1 + 1 == 2\n")
    assert status == 0
    for interpreter in interpreters.ALL:
        assert f"test_sum[{interpreter}] PASSED" in report


@needs_micropython
def test_a_failed_assert_shows_its_line_and_spares_the_others(project):
    status, report = project("def test_bad():\n    total = 1 + 1\n    assert total == 3\ndef test_good():\n    pass\n")
    assert status == 1 and "3 failed, 3 passed" in report
    assert report.count('test_it.py", line 3, in test_bad\n    assert total == 3\nAssertionError') == 2


@needs_micropython
def test_a_difference_between_interpreters_is_found(project):
    status, report = project("def test_words():\n    assert 'ab'.zfill(4) == '00ab'\n")
    assert status == 1 and "2 failed, 1 passed" in report and "AttributeError" in report


@needs_micropython
def test_one_test_fewer_on_micropython_fails(project):
    status, report = project(ON_MICROPYTHON + "pass\nelse:\n    def test_here():\n        pass\ndef test_both():\n    pass\n")
    assert status == 1 and "different tests: ['test_here']" in report


@needs_micropython
def test_one_test_fewer_on_cpython_fails(project):
    status, report = project(ON_MICROPYTHON + "def test_there():\n        pass\ndef test_both():\n    pass\n")
    assert status == 1 and "different tests: ['test_there']" in report


@needs_micropython
def test_a_crash_names_the_test_it_stopped_in(project):
    status, report = project(ON_MICROPYTHON + "import os\ndef test_a():\n    pass\ndef test_b():\n"
                             "    if sys.implementation.name == 'micropython':\n        os.system('kill -9 $PPID')\n")
    assert status == 1 and "test_a[micropython] PASSED" in report and "stopped in test_b" in report


@needs_micropython
def test_a_file_that_does_not_import_fails_with_its_traceback(project):
    status, report = project(ON_MICROPYTHON + "import no_such_module\ndef test_a():\n    pass\n")
    assert status == 1 and "1 passed" in report and "no_such_module" in report


@needs_micropython
def test_a_subset_runs(project):
    status, report = project("def test_a():\n    pass\ndef test_b():\n    pass\n", "-k", "test_b and micropython32")
    assert status == 0 and "1 passed, 5 deselected" in report


@needs_micropython
def test_workers_share_the_load(project):
    status, report = project("def test_a():\n    pass\n", "-p", "xdist", "-n", "2", "--dist", "loadfile")
    assert status == 0 and "3 passed" in report


def test_a_file_without_tests_fails(project):
    status, report = project("def tes_typo():\n    pass\n")
    assert status != 0 and "no tests" in report


def test_a_test_in_a_class_is_refused(project):
    status, report = project("class TestIt:\n    def test_a(self):\n        pass\ndef test_b():\n    pass\n")
    assert status != 0 and "only plain functions" in report


def test_no_micropython_is_a_loud_notice(project):
    status, report = project("def test_a():\n    pass\n", conftest=NO_MICROPYTHON)
    assert status == 0
    assert "NOTICE: 1 tests did NOT run on micropython:" in report and "NOT run on micropython32" in report


def test_no_micropython_is_a_failure_in_ci(project):
    status, report = project("def test_a():\n    pass\n", conftest=NO_MICROPYTHON, CI="true")
    assert status == 1 and "2 failed, 1 passed" in report


@needs_micropython
def test_what_is_slow_is_left_out_everywhere_and_known_everywhere(project):
    tests = "SLOW = ('test_a',)\ndef test_a():\n    print('ran')\n    assert False\ndef test_b():\n    pass\n"
    status, report = project(tests, "-m", "not slow", "--strict-markers", "-o", "markers=slow")
    assert status == 0 and "3 passed, 3 deselected" in report
    status, report = project(tests, "-o", "markers=slow")
    assert status == 1 and "3 failed, 3 passed" in report


def test_what_is_called_slow_and_is_no_test_fails(project):
    status, report = project("SLOW = ('test_typo',)\ndef test_a():\n    pass\n")
    assert status != 0 and "SLOW names ['test_typo']" in report


def test_what_was_loaded_before_a_test_takes_no_time_of_its_collections(project):
    status, report = project("import gc\n\n\ndef test_it():\n    assert not hasattr(gc, 'freeze') or gc.get_freeze_count() > 1000\n", "-k", "cpython]")
    assert status == 0, report
