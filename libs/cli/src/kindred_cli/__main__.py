"""The `kindred` command; `python -m kindred_cli` is the same."""

from kindred_cli.application import create_cli


def main() -> None:
    """Runs the command line."""
    create_cli()()


if __name__ == "__main__":
    main()
