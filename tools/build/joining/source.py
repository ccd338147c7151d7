"""A module as text and tree, with replacements that keep every line where it is."""

import ast
from pathlib import Path


class Source:
    """`name`: with dots. Places are those of `ast`: lines from 1, columns in bytes from 0. Raises: SyntaxError."""

    def __init__(self, name: str, text: str, path: Path):
        self.name, self.path = name, path
        self.tree = ast.parse(text, str(path))
        self._lines = text.encode().split(b"\n")
        self._edits: dict[tuple[int, int], tuple[int, bytes]] = {}
        assert not any(isinstance(node, (ast.JoinedStr, ast.Global, ast.Nonlocal)) for node in ast.walk(self.tree)), name

    def replace(self, line: int, start: int, end: int, new: str) -> None:
        """Replace part of a line. The same replacement may be asked for twice."""
        edit = (end, new.encode())
        assert self._edits.setdefault((line, start), edit) == edit, f"{self.name}:{line}: two replacements at one place"

    def replace_name(self, node: ast.AST, old: str, new: str) -> None:
        """Replace a name at the end of an attribute, at the start of an argument or keyword, or after `def` and `class`."""
        if isinstance(node, ast.Attribute):
            start = node.end_col_offset - len(old.encode())
            self.replace(node.end_lineno, start, node.end_col_offset, new)
            return
        start = node.col_offset
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            start = self._lines[node.lineno - 1].index(old.encode(), start)
        self.replace(node.lineno, start, start + len(old.encode()), new)

    def replace_statement(self, node: ast.stmt, new: str) -> None:
        """Replace a statement by a line of its own; what else it covered becomes empty lines."""
        for line in range(node.lineno, node.end_lineno + 1):
            start = node.col_offset if line == node.lineno else 0
            end = node.end_col_offset if line == node.end_lineno else len(self._lines[line - 1])
            self.replace(line, start, end, new if line == node.lineno else "")

    def text(self) -> str:
        """Return the text with all replacements."""
        lines = list(self._lines)
        for (line, start), (end, new) in sorted(self._edits.items(), reverse=True):
            lines[line - 1] = lines[line - 1][:start] + new + lines[line - 1][end:]
        return b"\n".join(lines).decode()
