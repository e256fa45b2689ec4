"""The `kindred` command; `python -m kindred_cli` is the same."""

import sys

from kindred_cli.application import create_cli


def main() -> None:
    """Runs the command line."""
    create_cli(sys.argv[1] if len(sys.argv) > 1 else None)()


if __name__ == "__main__":
    main()
