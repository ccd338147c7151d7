"""The table of the benchmarks."""
import subprocess
import sys

from tests.interpreters import ROOT
from tools.bench.figure import Figure, lay_out


def test_a_ratio_above_one_meets_the_goal_either_way():
    assert Figure("speed", 200, 100, "1/s").ratio == 2
    assert Figure("time", 5, 10, "s", less_is_better=True).ratio == 2


def test_a_figure_may_have_no_goal():
    assert Figure("speed", 200, None, "1/s").ratio is None
    assert Figure("speed", 200, None, "1/s").row() == ["speed", "200 1/s", "", ""]


def test_columns_line_up():
    rows = [["name", "figure"], Figure("speed", 12345.6, 100, "1/s").row()[:2]]
    assert lay_out(rows) == ["name       figure", "speed  12,346 1/s"]


def test_an_unknown_name_is_refused():
    done = subprocess.run([sys.executable, "-m", "tools.bench", "nothing"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "nothing" in done.stderr and not done.stdout
