"""What each package of the workspace declares to need, against what its code imports."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.sources import ROOT, Source, imports, nodes


@dataclass(frozen=True, slots=True)
class Package:
    """One pyproject.toml: ``extras`` are what may be asked for besides, by name."""

    name: str
    folder: str
    needs: frozenset[str]
    extras: Mapping[str, frozenset[str]]

    def ships(self, source: Source) -> bool:
        """Migrations travel in the package too."""
        return source.path.startswith((f"{self.folder}/src/", f"{self.folder}/migrations/"))


def workspace() -> dict[str, Package]:
    """All packages of ours by name."""
    files = sorted(
        path for part in ("libs", "services") for path in (ROOT / part).glob("*/py*.toml")
    )
    return {package.name: package for package in map(_package, files)}


def undeclared(
    package: Package, packages: Mapping[str, Package], sources: Iterable[Source]
) -> Iterator[str]:
    """Imports that would fail where nothing but this package and what it declares is installed.

    A package of ours stands for what it declares itself; one of others only for its own modules.
    """
    there = reachable(package, packages) | {package.name}
    for source in filter(package.ships, sources):
        for statement, module, _ in imports(source):
            top = module.split(".")[0]
            if top not in sys.stdlib_module_names and not _brought_by(top) & there:
                yield source.at(statement, top)


def reachable(package: Package, packages: Mapping[str, Package]) -> frozenset[str]:
    """What it declares, and what those of ours among it declare."""
    ours = [packages[name] for name in package.needs if name in packages]
    return package.needs.union(*(reachable(each, packages) for each in ours))


def imports_by_name(package: Package, sources: Iterable[Source]) -> Iterator[str]:
    """Imports of modules whose names are only known at run time: no declaration can be derived from them."""
    for source in filter(package.ships, sources):
        for node in nodes(source):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith("import_module")
                and not isinstance(node.args[0], ast.Constant)
            ):
                yield source.at(node, ast.unparse(node))


def _package(file: Path) -> Package:
    project = tomllib.loads(file.read_text())["project"]
    extras = project.get("optional-dependencies", {})
    return Package(
        project["name"],
        str(file.parent.relative_to(ROOT)),
        _names(project["dependencies"]),
        {name: _names(needs) for name, needs in extras.items()},
    )


def _names(requirements: Iterable[str]) -> frozenset[str]:
    return frozenset(_normal(re.split(r"[^\w.-]", each)[0]) for each in requirements)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _brought_by(module: str) -> set[str]:
    if module.startswith("kindred_"):
        return {_normal(module)}
    return {_normal(name) for name in _INSTALLED.get(module, ())}


_INSTALLED = packages_distributions()
