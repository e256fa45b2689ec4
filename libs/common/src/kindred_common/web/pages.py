"""Customers' pages: templates with their language filled in, and the one style sheet."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape

from kindred_common.i18n.translator import Translator, choose_language, translator
from kindred_common.web.routing import open_router

HERE = Path(__file__).parent
STYLE_PATH = "/static/kindred.css"


class Pages:
    """The templates of one service, on top of the shared ``page.html`` and ``parts.html``.

    In a template ``_`` and ``{% trans %}`` translate, and ``date``, ``time``, ``number`` and ``money`` are filters that
    write as the person does. ``sender`` is the company in whose name the pages speak.
    """

    def __init__(self, templates: Path | None = None, *, sender: str = "") -> None:
        self._templates = templates
        self._sender = sender

    def render(
        self,
        request: Request,
        template: str,
        values: Mapping[str, object],
        *,
        language: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """Fills a template in the given language, else the customer's, else the one that the browser asks for."""
        speech = translator(language or _language_of(request))
        page = _environment(self._templates, speech.language).get_template(template)
        surroundings = {
            "language": speech.language,
            "sender": self._sender,
            "style_path": STYLE_PATH,
        }
        html = page.render({**values, **surroundings})
        return HTMLResponse(html, status, {**(headers or {}), "Content-Language": speech.language})


def render_shared(
    request: Request,
    template: str,
    values: Mapping[str, object],
    *,
    status: int,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Fills one of the shared templates, such as the error page."""
    return Pages().render(request, template, values, status=status, headers=headers)


def static_router() -> APIRouter:
    """Serves the style sheet."""
    router = open_router()
    style = (HERE / "static" / "kindred.css").read_bytes()

    @router.get(STYLE_PATH)
    async def kindred_css() -> Response:
        return Response(style, 200, {"Cache-Control": "public, max-age=3600"}, "text/css")

    return router


def speak_language(request: Request, language: str) -> None:
    """Says in which language the rest of this request is answered, errors included: the customer's."""
    request.state.language = language


def _language_of(request: Request) -> str:
    known: str | None = getattr(request.state, "language", None)
    return known or choose_language(request.headers.get("accept-language"))


@cache
def _environment(templates: Path | None, language: str) -> Environment:
    folders = ([templates] if templates else []) + [HERE / "templates"]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=select_autoescape(default=True, disabled_extensions=("txt",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    _speak(environment, translator(language))
    return environment


def _speak(environment: Environment, speech: Translator) -> None:
    environment.install_gettext_callables(  # type: ignore[attr-defined] # added by the i18n extension
        speech.gettext, speech.ngettext, newstyle=True, pgettext=speech.pgettext
    )
    environment.filters.update(
        date=speech.format_date,
        time=speech.format_time,
        number=speech.format_number,
        money=speech.format_money,
    )
