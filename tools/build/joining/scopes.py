"""Which of a module's names are its own globals, and which belong to a function, a class or a comprehension."""

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


def arguments(function: ast.AST) -> list[ast.arg]:
    """Return the arguments of a function or lambda."""
    args = function.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *[arg for arg in (args.vararg, args.kwarg) if arg]]


def bound(scope: ast.AST) -> set[str]:
    """Return the names that are bound in a scope itself, not in those within it."""
    names = {arg.arg for arg in arguments(scope)} if isinstance(scope, FUNCTIONS) else set()
    for node in inside(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, IMPORTS):
            names.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


def inside(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, those of the scopes within it left out but for their heads."""
    waiting = list(body(scope))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += outer_parts(node) if isinstance(node, _SCOPES) else ast.iter_child_nodes(node)


def body(scope: ast.AST) -> list[ast.AST]:
    """Return what is executed in a scope."""
    if isinstance(scope, COMPREHENSIONS):
        return _parts(scope)
    return scope.body if isinstance(scope.body, list) else [scope.body]


def _parts(scope: ast.AST) -> list[ast.AST]:
    parts = [scope.key, scope.value] if isinstance(scope, ast.DictComp) else [scope.elt]
    for number, generator in enumerate(scope.generators):
        parts += [generator.target, *generator.ifs] + ([generator.iter] if number else [])
    return parts


def outer_parts(scope: ast.AST) -> list[ast.AST]:
    """Return what of a function, class or comprehension is executed in the scope around it."""
    if isinstance(scope, COMPREHENSIONS):
        return [scope.generators[0].iter]
    if isinstance(scope, ast.ClassDef):
        return [*scope.decorator_list, *scope.bases, *scope.keywords]
    defaults = [*scope.args.defaults, *[default for default in scope.args.kw_defaults if default]]
    return defaults if isinstance(scope, ast.Lambda) else [*scope.decorator_list, *defaults]


def names(tree: ast.Module) -> Iterator[tuple[ast.Name, tuple[ast.AST, ...], ast.AST | None]]:
    """Yield (name, scopes around it, the one in which it is bound) of every name; None where that is the module or nothing."""
    yield from _names(tree, ())


def _names(scope: ast.AST, around: tuple[ast.AST, ...]) -> Iterator:
    scopes = (*around, scope)
    binding = {id(each): bound(each) for each in scopes}
    for node in inside(scope):
        if isinstance(node, ast.Name):
            # A class's names are seen in its own body only, not in its methods.
            seen = [each for each in scopes[1:] if each is scope or not isinstance(each, ast.ClassDef)]
            home = next((each for each in reversed(seen) if node.id in binding[id(each)]), None)
            if isinstance(home, ast.ClassDef) and isinstance(node.ctx, ast.Load) and node.id in binding[id(scopes[0])]:
                home = None  # `name = name`: what is on the right was there before
            yield node, scopes[1:], home
        if isinstance(node, _SCOPES):
            yield from _names(node, scopes)
