"""Short names for what only one function, or nobody but our own modules, knows by name."""

import array
import ast
import asyncio
import binascii
import gc
import hashlib
import io
import json
import os
import random
import select
import socket
import ssl
import struct
import sys
import time
from collections import defaultdict
from collections.abc import Iterable

from tools.build.joining import scopes
from tools.build.joining.source import Source

# Attributes that are looked up by a name put together: module -> how it begins. A module that looks up otherwise is refused.
SPOKEN = {"firmware.node": "_take_", "firmware.app": "_do_", "firmware.core.area_commands": "_", "firmware.core.site_commands": "_"}
ARGUMENTS_MAX = 40  # of one function, with those of the functions in it
_CONST = "const"
_PURE = ("firmware.core.", "firmware.wire.", "firmware.replica.", "firmware.config.", "firmware.update.", "firmware.node")
_PURE_TESTS = tuple(f"tests.{folder}." for folder in ("config", "core", "replica", "wire"))
_PYTHON = (
    int, str, bytes, bytearray, memoryview, list, tuple, dict, set, type, property, Exception, (i for i in ""), open, array.array, array,
    asyncio, asyncio.Event, binascii, gc, hashlib, hashlib.sha256(), io, io.StringIO, json, os, random, select, socket, socket.socket, ssl, struct, sys, time,
)  # fmt: skip


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def keywords(sources: Iterable[Source]) -> set[str]:
    """Return every name by which an argument is handed over somewhere."""
    return {node.arg for source in sources for node in ast.walk(source.tree) if isinstance(node, ast.keyword) and node.arg}


def shorten_arguments(source: Source, kept: set[str]) -> None:
    """Number the arguments of each outermost function, with those of the functions in it."""
    for function in _outermost(source.tree):
        nodes = _own_nodes(function)
        new = {name: f"_{number}" for number, name in enumerate(_free_arguments(nodes, kept)[:ARGUMENTS_MAX])}
        for node in nodes:
            if isinstance(node, ast.arg) and node.arg in new:
                source.replace_name(node, node.arg, new[node.arg])
            elif isinstance(node, ast.Name) and node.id in new:
                source.replace(node.lineno, node.col_offset, node.end_col_offset, new[node.id])


def _free_arguments(nodes: list[ast.AST], kept: set[str]) -> list[str]:
    """Return the arguments that may have other names: nobody says them, and they are bound in no way that is not replaced."""
    found = [arg.arg for node in nodes if isinstance(node, scopes.FUNCTIONS) for arg in scopes.arguments(node)]
    elsewhere = {"self"} | {node.name for node in nodes if isinstance(node, ast.ExceptHandler)}
    elsewhere |= {alias.asname or alias.name for node in nodes if isinstance(node, scopes.IMPORTS) for alias in node.names}
    elsewhere |= {node.name for node in nodes[1:] if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    return [name for name in dict.fromkeys(found) if name not in kept | elsewhere]


def _outermost(tree: ast.AST) -> list[ast.AST]:
    """Return the functions that are in no other; what stands in the head of one is outside of it."""
    found, waiting = [], [tree]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if isinstance(node, scopes.FUNCTIONS):
                found.append(node)
                waiting.append(ast.Tuple(scopes.outer_parts(node)))
            else:
                waiting.append(node)
    return found


def _own_nodes(function: ast.AST) -> list[ast.AST]:
    """Return a function and all that is in it, its head left out."""
    head = {id(node) for part in scopes.outer_parts(function) for node in ast.walk(part)}
    return [node for node in ast.walk(function) if id(node) not in head]


def short_attributes(sources: list[Source], said: set[str]) -> dict[str, str]:
    """Number our attributes, so that those which occur in one module stay different. `said`: names that modules are asked for."""
    kept = _spoken(sources) | keywords(sources) | _words(sources) | _elsewhere(sources) | said
    defined, together = set(), defaultdict(set)
    for source in sources:
        names, own = _attributes(source.tree)
        defined |= own
        for name in names:
            together[name] |= names
    _share_with_bases(sources, together)
    new: dict[str, int] = {}
    ours = {name for name in defined - kept if not name.startswith("__")}  # Python itself asks for those
    for name in sorted(ours, key=lambda name: (-len(together[name]), name)):
        taken = {new[other] for other in together[name] if other in new}
        new[name] = next(number for number in range(len(new) + 1) if number not in taken)
    return {name: f"_{number}" for name, number in new.items()}


def _attributes(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return (attributes that occur, those that a class has or sets itself)."""
    names, own = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            if isinstance(node.ctx, ast.Store) and _is_self(node):
                own.add(node.attr)
        elif isinstance(node, ast.ClassDef):
            own |= scopes.bound(node)
    return names | own, own


def _is_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def _elsewhere(sources: list[Source]) -> set[str]:
    """Return the attributes that things may have which are not ours.

    Pure parts touch nothing but our own objects and Python's; the hardware layer and the shell touch those of MicroPython.
    """
    kept = {name for thing in _PYTHON for name in dir(thing)}
    for source in sources:
        if not source.name.startswith(_PURE + _PURE_TESTS):
            kept |= {node.attr for node in ast.walk(source.tree) if isinstance(node, ast.Attribute) and not _is_self(node) and not is_private(node.attr)}
    return kept


def _words(sources: list[Source]) -> set[str]:
    """Return what stands there as text: by such words attributes are looked up, and they are there anyway."""
    nodes = [node for source in sources for node in ast.walk(source.tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _share_with_bases(sources: list[Source], together: dict[str, set[str]]) -> None:
    """A class has the attributes of all its bases, wherever these are, and of theirs. Of several classes of one name it may be any."""
    homes: dict[str, list[tuple[Source, ast.ClassDef]]] = defaultdict(list)
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append((source, node))
    for source, node in [each for found in homes.values() for each in found]:
        both = set().union(*[_attributes(home.tree)[0] for home in {source} | _homes_of_bases(node, homes)])
        for name in both if node.bases else ():
            together[name] |= both


def _homes_of_bases(node: ast.ClassDef, homes: dict) -> set[Source]:
    found, waiting, seen = set(), [node], set()
    while waiting:
        for base in waiting.pop().bases:
            word = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", None)
            for home, above in homes.get(word, ()) if word not in seen else ():
                found.add(home)
                waiting.append(above)
            seen.add(word)
    return found


def _spoken(sources: list[Source]) -> set[str]:
    """Return the private names that are put together while the program runs."""
    kept = set()
    for source in sources:
        calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        for call in calls:
            if call.func.id in ("getattr", "setattr", "hasattr", "delattr"):
                kept |= _spoken_in(source, call)
    return kept


def _spoken_in(source: Source, call: ast.Call) -> set[str]:
    word = call.args[1]
    if isinstance(word, ast.Constant):
        return {word.value}
    if isinstance(word, ast.Name):
        return set()  # a verb that somebody hands in: they are public
    opening = SPOKEN.get(source.name, None if source.name.startswith("firmware.") else "_")
    assert opening, f"{source.name}:{call.lineno}: an attribute is looked up by a name that is put together; SPOKEN does not know it"
    return {name for name in _attributes(source.tree)[0] if name.startswith(opening)}


def shorten_attributes(source: Source, new: dict[str, str]) -> None:
    """Give attributes and methods their short names; inside of its own class's body an attribute is a name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in new:
            source.replace_name(node, node.attr, new[node.attr])
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and part.name in new:
                    source.replace_name(part, part.name, new[part.name])
    for name, _, home in scopes.names(source.tree):
        if isinstance(home, ast.ClassDef) and name.id in new:
            source.replace(name.lineno, name.col_offset, name.end_col_offset, new[name.id])


def local_names(sources: Iterable[Source]) -> set[str]:
    """Return the names that are bound in any function: a global of such a name might be hidden there."""
    found: set[str] = set()
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, (*scopes.FUNCTIONS, *scopes.COMPREHENSIONS)):
                found |= scopes.bound(node)
    return found


def constants(source: Source) -> set[str]:
    """Return the globals that the compiler puts in wherever they are named."""
    return {
        node.targets[0].id
        for node in source.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == _CONST
    }
