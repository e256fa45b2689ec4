"""Errors for people who came by a personal link: what happened and what to do, in their language."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse

from kindred_common.i18n.translator import translatable
from kindred_common.web.pages import render_shared

_NOT_FOUND = (
    translatable("This page does not exist"),
    translatable(
        "The link may have expired, or a part of it was lost. "
        "Please use the link in the most recent message from us."
    ),
)
_BROKEN = (
    translatable("Something went wrong on our side"),
    translatable("We are sorry. Nothing you sent before has been lost. Please try again later."),
)
_UNREADABLE = (
    translatable("That did not go well"),
    translatable("Your answer could not be read. Please go back and try again."),
)
_TEXTS: dict[int, tuple[str, str]] = {
    403: (
        translatable("This can not be done from another website"),
        translatable("Open the link in our message and try again from there."),
    ),
    404: _NOT_FOUND,
    405: _NOT_FOUND,
    409: (
        translatable("This has changed in the meantime"),
        translatable(
            "What you wanted to do is no longer possible. "
            "Open the link in our message again to see how it stands now."
        ),
    ),
    410: (
        translatable("This is over"),
        translatable(
            "This page was open for a limited time and is now closed. Thank you for your interest."
        ),
    ),
    429: (
        translatable("One moment, please"),
        translatable("There were very many requests just now. Please try again in a minute."),
    ),
}


def error_page(
    request: Request, status: int, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """The page for a status."""
    title, text = _TEXTS.get(status, _BROKEN if status >= 500 else _UNREADABLE)
    return render_shared(
        request, "error.html", {"title": title, "text": text}, status=status, headers=headers
    )
