"""Shows the mails of the sink in a browser of this machine."""

import email
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from fastapi import FastAPI
from jinja2 import DictLoader, Environment
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from kindred_cli.servers.machine import HOST

SHOWN = 200
# A mail is foreign text: nothing in it may run or be loaded. Its links open beside it, to be tried.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
LINKS_BESIDE = '<base target="_blank">'
MAIL_POLICY = f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1d2733}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d8dee6}
iframe{width:100%;height:32rem;border:1px solid #d8dee6}pre{white-space:pre-wrap}a{color:#0b5cad}
"""
TEMPLATES = {
    "list": """<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail</title><style>{{ style }}</style>
<h1>Mail caught here</h1><p>Nothing was sent to anyone. Newest first.</p>
<table><tr><th>To<th>Subject<th>Date</tr>{% for name, mail in mails %}
<tr><td>{{ mail["to"] }}<td><a href="/mails/{{ name }}">{{ mail["subject"] or "(no subject)" }}</a><td>{{ mail["date"] }}</tr>
{% else %}<tr><td colspan="3">No mail yet.</tr>{% endfor %}</table></html>""",
    "mail": """<!doctype html><html lang="en"><meta charset="utf-8"><title>Mail</title><style>{{ style }}</style>
<p><a href="/">All mail</a></p><h1>{{ mail["subject"] }}</h1>
<p>From {{ mail["from"] }}<br>To {{ mail["to"] }}<br>{{ mail["date"] }}</p>
{% if html %}<iframe sandbox="{{ sandbox }}" title="The mail" src="/mails/{{ name }}/html"></iframe>{% endif %}
<h2>Text</h2><pre>{{ text }}</pre>
{% for part in parts %}<p>Attachment: {{ part }}</p>{% endfor %}
<p><a href="/mails/{{ name }}/source">Source</a></p></html>""",
}


def mail_pages(folder: Path) -> FastAPI:
    """The application; answers to names of this machine only, so that no web page elsewhere can read along."""
    pages = MailPages(folder)
    return FastAPI(
        openapi_url=None,
        routes=[
            Route("/", pages.listing),
            Route("/mails/{name}", pages.mail),
            Route("/mails/{name}/html", pages.html),
            Route("/mails/{name}/source", pages.source),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])],
    )


class MailPages:
    """The pages over one folder of `.eml` files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates = Environment(loader=DictLoader(TEMPLATES), autoescape=True)

    async def listing(self, _: Request) -> Response:
        names = sorted((path.stem for path in self._folder.glob("*.eml")), reverse=True)[:SHOWN]
        mails = [(name, self._read(name)) for name in names]
        return self._page("list", mails=mails)

    async def mail(self, request: Request) -> Response:
        name = request.path_params["name"]
        mail = self._read(name)
        return self._page(
            "mail",
            name=name,
            mail=mail,
            text=_body(mail, ("plain",)),
            html=_body(mail, ("html",)),
            parts=[
                part.get_filename() or part.get_content_type() for part in mail.iter_attachments()
            ],
        )

    async def html(self, request: Request) -> Response:
        text = _body(self._read(request.path_params["name"]), ("html",))
        return HTMLResponse(LINKS_BESIDE + text, headers={"Content-Security-Policy": MAIL_POLICY})

    async def source(self, request: Request) -> Response:
        path = self._path(request.path_params["name"])
        return Response(path.read_bytes(), media_type="text/plain; charset=utf-8")

    def _page(self, template: str, **values: object) -> Response:
        text = self._templates.get_template(template).render(style=STYLE, sandbox=SANDBOX, **values)
        return HTMLResponse(text, headers={"Content-Security-Policy": PAGE_POLICY})

    def _read(self, name: str) -> EmailMessage:
        return email.message_from_bytes(self._path(name).read_bytes(), policy=default)

    def _path(self, name: str) -> Path:
        path = self._folder / f"{name}.eml"
        if not name.isdigit() or not path.exists():
            raise HTTPException(404)
        return path


def _body(mail: EmailMessage, kinds: Sequence[str]) -> str:
    part = mail.get_body(preferencelist=tuple(kinds))
    return str(part.get_content()) if part is not None else ""
