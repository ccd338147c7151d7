"""Run some tests of one module under MicroPython: `micropython micropython_runner.py ROOT MODULE TEST…`.

Layout: a line that starts with MARK holds JSON: {"start": test}, then {"test", "error": null | traceback};
    last {"found": all tests of the module}. Every other line was printed by a test.
"""
import io
import json
import sys

MARK = "\x01"


def report(line):
    print("\n" + MARK + json.dumps(line))


def traceback(error):
    text = io.StringIO()
    sys.print_exception(error, text)
    return text.getvalue()


def run(test):
    """Call one test. MicroPython asserts say nothing of their values: the traceback's line must do."""
    try:
        test()
    except BaseException as error:
        return traceback(error)
    return None


def load(name):
    __import__(name)
    return sys.modules[name]


def main(root, name, wanted):
    sys.path.insert(0, root)
    module = load(name)
    found = sorted(key for key in dir(module) if key.startswith("test_"))
    for test in found:
        if test in wanted:
            report({"start": test})
            report({"test": test, "error": run(getattr(module, test))})
    report({"found": found})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
