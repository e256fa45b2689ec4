"""Writes docs/metrics.md: ``python -m kindred_common.observability.catalogue > docs/metrics.md``."""

import sys

from kindred_common.observability.metrics import PREFIX, catalogue

HEAD = """# Metrics

Every service answers `GET /metrics` in Prometheus' text format. This page is generated from
`kindred_common.observability.metrics` by `python -m kindred_common.observability.catalogue`; a test compares the two.

| metric | type | labels | what it tells |
|---|---|---|---|
"""


def document() -> str:
    """The page as it should stand in docs/metrics.md."""
    rows = (
        f"| `{PREFIX}{entry.name}` | {entry.type.__name__.lower()} "
        f"| {', '.join(f'`{label}`' for label in entry.labels)} | {entry.help} |\n"
        for entry in catalogue()
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(document())
