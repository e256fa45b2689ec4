"""The `kindred` command; `python -m kindred_cli` is the same."""

import sys

from kindred_cli.application import create_cli


def main() -> None:
    """Runs the command line."""
    try:
        create_cli(sys.argv[1] if len(sys.argv) > 1 else None)()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
