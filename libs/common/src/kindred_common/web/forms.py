"""Reads forms of public pages, sent from our own pages only."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from kindred_common.web.problems import Problem

MOST_FIELDS = 500


class Form:
    """The text fields of a form; what is missing is empty."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def text(self, name: str) -> str:
        """The field without surrounding white space."""
        value = self._data.get(name, "")
        return "" if isinstance(value, UploadFile) else value.strip()

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be chosen more than once."""
        return [value for value in self._data.getlist(name) if isinstance(value, str)]

    def names(self) -> list[str]:
        return list(self._data)


async def read_form(request: Request) -> Form:
    """The form in the request's body; usable as a FastAPI dependency.

    Raises:
        Problem: 403 when it was sent from another website, 415 when it is no form.
    """
    refuse_other_sites(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise Problem(415, "unsupported-media-type", "Send a form")
    return Form(await request.form(max_files=0, max_fields=MOST_FIELDS))


def refuse_other_sites(request: Request) -> None:
    """Refuses what a browser says was sent from another website.

    An origin of ``null`` says nothing: browsers send it for our own forms too, because our pages keep their addresses
    (which hold the link's token) secret with ``Referrer-Policy: no-referrer``. Then ``Sec-Fetch-Site`` decides.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "null")
    foreign = origin != "null" and urlsplit(origin).netloc != request.headers.get("host", "")
    if site not in ("same-origin", "none") or foreign:
        raise Problem(403, "other-website", "This can not be done from another website")
