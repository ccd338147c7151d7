"""Join the modules that a start loads to one, and let the others import from it."""

import ast
import builtins
import itertools
import keyword
from typing import NamedTuple

from tools.build.joining import names, scopes
from tools.build.joining.imports import Imports, Thing, closure, thing_of
from tools.build.joining.source import Source

JOINED = "firmware.joined"
_CONST = Thing("firmware.const", "const")
_OPENING = "from micropython import const\n"


class Joined(NamedTuple):
    """`text`: of the joined module. `lines`: [(first line there, module)]. `others`: texts of the modules beside it."""

    text: str
    lines: list[tuple[int, str]]
    others: dict[str, str]


def join(sources: list[Source], roots: list[str], folders: set[str] = frozenset(), doors: list[str] = (), said: set[str] = frozenset()) -> Joined:
    """`roots`: what a start loads, with all that it imports. `folders`: modules that stay alone, being folders.

    `doors`: joined modules that are found by their own names, too: a module of that name hands on what it has. `said`: attributes
    that are asked for by others.
    """
    return _Joining(sources, roots, folders, doors, said).run()


class _Joining:
    def __init__(self, sources: list[Source], roots: list[str], folders: set[str], doors: list[str], said: set[str]):
        self._sources = {source.name: source for source in sources}
        known = set(self._sources) - folders
        self._imports = {name: Imports(source, known) for name, source in self._sources.items()}
        self._inner = [name for name in closure(roots, self._imports) if name != _CONST.module]
        self._doors = doors
        self._needed: dict[str, dict[ast.AST | None, set[str]]] = {}  # of a module beside it: scope -> names it imports
        self._short = names.short_attributes(sources, self._asked() | said)
        self._new = self._choose()

    def run(self) -> Joined:
        every = list(self._sources.values())
        kept = names.keywords(every)
        for source in every:
            names.shorten_arguments(source, kept)
            names.shorten_attributes(source, self._short)
            self._replace_globals(source)
            self._replace_imports(source)
        text, lines = _OPENING, []
        for name in self._inner:
            lines.append((text.count("\n") + 1, name))
            text += self._sources[name].text()
        others = {name: source.text() for name, source in self._sources.items() if name not in self._inner}
        return Joined(text, lines, others | {name: self._door(name) for name in self._doors})

    def _door(self, name: str) -> str:
        """Return a module that hands on what a joined one has."""
        things = [thing for thing in self._own() if thing.module == name]
        words = [f"{self._new[thing]} as {thing.name}" for thing in things if not names.is_private(thing.name)]
        return f"from {JOINED} import {', '.join(words)}\n"

    def _asked(self) -> set[str]:
        """Return the globals of all modules: some are asked for as attributes of their module."""
        return set().union(*[scopes.bound(source.tree) for source in self._sources.values()])

    # -- which names --------------------------------------------------------------------------------

    def _choose(self) -> dict[Thing, str]:
        """Give each global of the joined modules a name that nothing else there has, and no function hides."""
        taken = set(dir(builtins)) | set(keyword.kwlist) | names.local_names(self._sources.values())
        for name in self._sources:
            taken |= set(self._plain(name) if name in self._inner else scopes.bound(self._sources[name].tree))
        exported, there, heads = self._exported(), self._attributes(), self._in_class_bodies()
        found: dict[Thing, str] = {}
        later = []
        for thing in self._own():
            if thing.name in names.constants(self._sources[thing.module]) and thing not in exported:
                found[thing] = f"_K{len(found)}"
            elif thing.name in there - taken and thing not in heads:
                found[thing] = thing.name
                taken.add(thing.name)
            else:
                later.append(thing)
        more = (name for number in itertools.count() if (name := f"g{number}") not in taken)
        spare = itertools.chain(sorted(there - taken), more)
        return found | {thing: next(more if thing in heads else spare) for thing in later}

    def _in_class_bodies(self) -> set[Thing]:
        """Return the globals that are named directly in a class, as a default is: there a method of the same name would hide one."""
        found = set()
        for source in self._sources.values():
            bodies = {id(node) for node, around, _ in scopes.names(source.tree) if around and isinstance(around[-1], ast.ClassDef)}
            found |= {thing for node, _, thing in self._references(source) if id(node) in bodies or id(getattr(node, "value", None)) in bodies}
        return found

    def _plain(self, name: str) -> dict[str, str]:
        """Return what a joined module has from elsewhere. Two modules may not have different things under one name."""
        for word, origin in self._imports[name].plain.items():
            for other in self._inner:
                known = self._imports[other].plain.get(word, origin)
                assert known == origin, f"{name} and {other} import different things as {word}"
        return self._imports[name].plain

    def _own(self) -> list[Thing]:
        """Return the globals of the joined modules that are made there."""
        found = []
        for name in self._inner:
            imports = self._imports[name]
            for bound in sorted(scopes.bound(self._sources[name].tree)):
                if (None, bound) not in imports.bound and bound not in imports.plain:
                    found.append(Thing(name, bound))
        return found

    def _attributes(self) -> set[str]:
        """Return names that there are anyway: attributes as they are now. Numbers of arguments are left out: these hide globals."""
        nodes = [node for source in self._sources.values() for node in ast.walk(source.tree)]
        found = {self._short.get(node.attr, node.attr) for node in nodes if isinstance(node, ast.Attribute)}
        return {name for name in found if not name.startswith("_") or name[1:].isdigit() and int(name[1:]) >= names.ARGUMENTS_MAX}

    def _exported(self) -> set[Thing]:
        found = {thing for thing in self._own() if thing.module in self._doors}
        for name in self._sources:
            if name not in self._inner:
                found |= {thing for *_, thing in self._references(self._sources[name])}
        return found

    # -- where they stand ---------------------------------------------------------------------------

    def _references(self, source: Source) -> list[tuple[ast.AST, ast.AST | None, Thing]]:
        """Return (node, scope of the import or None, Thing) of each place that names a global of a joined module."""
        imports, found = self._imports[source.name], []
        attributes = {id(node.value): node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
        for node, _, home in scopes.names(source.tree):
            thing = imports.bound.get((home, node.id))
            if thing is None and home is None and source.name in self._inner:
                thing = Thing(source.name, node.id)
            if thing is None:
                continue
            if thing.name is None and thing.module in self._inner:
                assert id(node) in attributes, f"{source.name}:{node.lineno}: a module is handed on as a value"
                node = attributes[id(node)]
                thing = Thing(thing.module, node.attr)
            thing = self._origin(thing)
            if thing.module in self._inner:
                found.append((node, home, thing))
        return found

    def _origin(self, thing: Thing) -> Thing:
        """Follow a name to the module that made it."""
        while thing.module in self._inner and (None, thing.name) in self._imports[thing.module].bound:
            thing = self._imports[thing.module].bound[None, thing.name]
        return thing

    def _replace_globals(self, source: Source) -> None:
        needed = self._needed.setdefault(source.name, {})
        for node, home, thing in self._references(source):
            new = self._new.get(thing)
            if new is None:
                continue  # not of the firmware, or a built-in
            source.replace(node.lineno, node.col_offset, node.end_col_offset, new)
            needed.setdefault(home, set()).add(new)
        if source.name in self._inner:
            for node in ast.walk(source.tree):
                new = self._new.get(Thing(source.name, getattr(node, "name", None)))
                if new and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and self._is_top(source, node):
                    source.replace_name(node, node.name, new)

    def _is_top(self, source: Source, node: ast.AST) -> bool:
        return any(node is each for each in scopes.inside(source.tree))

    # -- imports ------------------------------------------------------------------------------------

    def _replace_imports(self, source: Source) -> None:
        is_inner = source.name in self._inner
        for node, scope in self._imports[source.name].statements:
            rest = [alias for alias in node.names if not self._is_ours(node, alias)]
            if len(rest) == len(node.names):
                continue
            new = [_from(node.module, rest)] if rest else []
            if any(thing_of(node, alias, set(self._sources)) == _CONST for alias in node.names) and not is_inner:
                new.append("from micropython import const")
            wanted = sorted(self._needed[source.name].pop(scope, ()))
            if wanted and not is_inner:
                new.append(f"from {JOINED} import {', '.join(wanted)}")
            source.replace_statement(node, "; ".join(new) or "pass")

    def _is_ours(self, node: ast.ImportFrom, alias: ast.alias) -> bool:
        thing = thing_of(node, alias, set(self._imports))
        return thing is not None and (thing == _CONST or self._origin(thing).module in self._inner)


def _from(module: str, aliases: list[ast.alias]) -> str:
    words = [alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in aliases]
    return f"from {module} import {', '.join(words)}"
