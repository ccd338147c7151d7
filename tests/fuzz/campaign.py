"""A while of fuzzing, in a process of its own: an exception or an endless loop ends it, and the story is kept."""

import hashlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import time

from tests.fuzz import kept
from tests.interpreters import ROOT

ATHERIS = "atheris"
_SHOWN = re.compile(r"^#\d+\s+(INITED|pulse|DONE)|^Done|^stat::|^ERROR|^==\d+==|^SUMMARY|Error|Exception|^  File|^    |Test unit")


def is_here() -> bool:
    return importlib.util.find_spec(ATHERIS) is not None


def run(target: str, minutes: float, *options: str) -> int:
    """Fuzz a target. Returns 0 where nothing broke."""
    if not is_here():
        print(f"no {ATHERIS}: this machine has no fuzzer of Python code; `make setup` says why", file=sys.stderr)
        return 1
    folder = kept.FOUND / target
    _lay_out(target, folder)
    command = [sys.executable, "-m", "tests.fuzz.target", target, str(folder), f"-max_total_time={round(minutes * 60)}", "-timeout=30",
               "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={kept.FOUND}/{target}-", *options]  # fmt: skip
    print(f"{target}: {minutes:g} minutes from {len(os.listdir(folder))} stories", flush=True)
    started_s = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as process:
        broken = _told(process.stdout)
    print(f"{target}: {'BROKEN' if process.returncode else 'nothing broke'} in {(time.monotonic() - started_s) / 60:.1f} minutes", flush=True)
    if process.returncode and broken:
        print(f"replay: {shlex.join([sys.executable, '-m', 'tests.fuzz', 'replay', '--target', target, broken])}")
    return 1 if process.returncode else 0


def _lay_out(target: str, folder) -> None:
    """Put the kept stories where the fuzzer looks, beside its earlier finds."""
    folder.mkdir(parents=True, exist_ok=True)
    for told in kept.stories(target):
        (folder / hashlib.sha1(told).hexdigest()).write_bytes(told)


def _told(lines) -> str | None:
    """Print what matters of what the fuzzer says; return the file of what broke, if something did."""
    broken = None
    for line in lines:
        if _SHOWN.search(line):
            print(line.rstrip()[:300], flush=True)
        found = re.search(r"Test unit written to (\S+)", line)
        broken = found[1] if found else broken
    return broken
