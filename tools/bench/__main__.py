"""Run the benchmarks and print name, figure, goal and ratio. Exit status 1: a goal was missed."""
import importlib
import pkgutil
import sys

import tools.bench
from tools.bench.figure import HEAD, lay_out


def benchmarks() -> list:
    """Every bench_ function of this folder's files, in the order of files and names."""
    found = []
    for file in pkgutil.iter_modules(tools.bench.__path__):
        if file.name != "__main__":
            module = importlib.import_module(f"tools.bench.{file.name}")
            found += [value for key, value in sorted(vars(module).items()) if key.startswith("bench_")]
    return found


def _listed(found) -> list:
    """A benchmark measures one figure, or several at once, or none for want of something."""
    return found if isinstance(found, list) else [found]


def main(words: list[str]) -> int:
    chosen = [bench for bench in benchmarks() if not words or any(word in bench.__name__ for word in words)]
    if not chosen:
        print(f"no benchmark is named like {' or '.join(words)}", file=sys.stderr)
        return 2
    figures = [figure for bench in chosen for figure in _listed(bench())]
    print("\n".join(lay_out([HEAD, *(figure.row() for figure in figures)])))
    return int(any(figure.ratio is not None and figure.ratio < 1 for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
