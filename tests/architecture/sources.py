"""The files of this repository as the rules see them."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file; ``path`` is relative to the repository's root."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def service(self) -> str | None:
        """The service whose shipped code this is."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "services" and parts[2] == "src" else None

    @property
    def shipped(self) -> bool:
        """Whether it is part of a package, not a test, migration or script."""
        parts = self.path.split("/")
        return parts[0] in {"libs", "services"} and len(parts) > 3 and parts[2] == "src"

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.split("/")

    def at(self, node: ast.expr | ast.stmt | ast.alias, what: str) -> str:
        return f"{self.path}:{node.lineno}: {what}"


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def python_sources() -> tuple[Source, ...]:
    """Every Python file of ours."""
    found = [ROOT / "conftest.py"]
    for folder in ("libs", "services", "tests", "scripts"):
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file() and _python(path)]
    return tuple(
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in sorted(found)
        if not {"__pycache__", ".venv", "node_modules"} & set(path.parts)
    )


def _python(path: Path) -> bool:
    if path.suffix == ".py":
        return True
    return path.parent.name == "scripts" and path.read_bytes().startswith(b"#!/usr/bin/env python3")


@cache
def nodes(source: Source) -> tuple[ast.AST, ...]:
    """The whole syntax tree."""
    return tuple(ast.walk(source.tree))


@cache
def imports(source: Source) -> tuple[tuple[ast.stmt, str, str], ...]:
    """Every import as (statement, module, name); the name is empty where the module itself is imported."""
    found: list[tuple[ast.stmt, str, str]] = []
    for node in nodes(source):
        if isinstance(node, ast.Import):
            found += [(node, alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node, node.module or "", alias.name) for alias in node.names]
    return tuple(found)


@cache
def strings(source: Source) -> tuple[ast.Constant, ...]:
    """Every string in the code, without docstrings."""
    documentation = {
        id(node.value)
        for node in nodes(source)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return tuple(
        node
        for node in nodes(source)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
    )
