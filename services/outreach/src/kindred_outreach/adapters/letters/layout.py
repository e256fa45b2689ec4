"""The two forms of a letter: plain text, and HTML that mail programs show as meant (tables, inline styles)."""

from functools import cache

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from kindred_outreach.adapters.letters.writer import TEMPLATES
from kindred_outreach.domain.letters import Letter


def as_text(letter: Letter) -> str:
    """The letter as plain text, its lines at most 76 characters long where words allow."""
    return _environment().get_template("layout.txt").render(letter=letter)


def as_html(letter: Letter, company: str) -> str:
    """The letter as a page without scripts, images or style sheets."""
    return _environment().get_template("layout.html").render(letter=letter, company=company)


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
