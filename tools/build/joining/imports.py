"""What a module has from other modules of the firmware, and under which names."""

import ast
from typing import NamedTuple

from tools.build.joining import scopes
from tools.build.joining.source import Source


class Thing(NamedTuple):
    """A global of a module; without a name the module itself."""

    module: str
    name: str | None


class Imports:
    """`bound`: {(scope or None for the module, name): Thing} of all that comes from `known` modules. `plain`: {name: origin} of what comes from elsewhere."""

    def __init__(self, source: Source, known: set[str]):
        self.bound: dict[tuple[ast.AST | None, str], Thing] = {}
        self.statements: list[tuple[ast.stmt, ast.AST | None]] = []
        self.top: set[str] = set()  # modules that are loaded with this one
        self.plain: dict[str, str] = {}
        for scope in _scopes(source.tree):
            for node in scopes.inside(scope):
                if isinstance(node, scopes.IMPORTS):
                    self._take(node, None if scope is source.tree else scope, known)

    def _take(self, node: ast.stmt, scope: ast.AST | None, known: set[str]) -> None:
        if isinstance(node, ast.ImportFrom):
            self.statements.append((node, scope))
        for alias in node.names:
            thing = thing_of(node, alias, known)
            name = alias.asname or alias.name.split(".")[0]
            if thing:
                self.bound[scope, name] = thing
                if scope is None:
                    self.top.add(thing.module)
            elif scope is None:
                self.plain[name] = f"{getattr(node, 'module', None)}.{alias.name}"


def thing_of(node: ast.stmt, alias: ast.alias, known: set[str]) -> Thing | None:
    """Return what one name of an import statement is, where that is of the firmware."""
    if isinstance(node, ast.Import):
        return None
    whole = f"{node.module}.{alias.name}"
    if whole in known:
        return Thing(whole, None)
    return Thing(node.module, alias.name) if node.module in known else None


def _scopes(tree: ast.Module) -> list[ast.AST]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [tree, *[node for node in ast.walk(tree) if isinstance(node, functions)]]


def closure(roots: list[str], imports: dict[str, Imports]) -> list[str]:
    """Return every module that a start loads, each behind those that it needs."""
    found: list[str] = []

    def visit(name: str) -> None:
        if name not in found and name not in underway:
            underway.add(name)
            for needed in sorted(imports[name].top):
                visit(needed)
            found.append(name)

    underway: set[str] = set()
    for root in roots:
        visit(root)
    return found
