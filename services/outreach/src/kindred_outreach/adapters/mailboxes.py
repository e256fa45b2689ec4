"""Names, addresses and subjects as headers of a mail may hold them, whatever another system wrote into them."""

import re
import unicodedata
from email.errors import MessageError
from email.headerregistry import Address

_FOREIGN = re.compile(r"[^\x00-\x7f]+")


class NotAnAddress(ValueError):  # noqa: N818 - says what was given
    """No mail can be sent there; the text of the address is not repeated."""


def header_text(text: str) -> str:
    """The text on one line, with nothing that the mail library would read as more than text.

    It decodes encoded words (RFC 2047) that it is given, and writes line ends that come out of them as they are: a title
    such as ``=?utf-8?q?=0D=0ABcc:...?=`` would begin a header of its own.
    """
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return " ".join(shown.split()).replace("=?", "= ?")


def mailbox(name: str, address: str) -> Address:
    """A person's address with his name.

    Raises:
        NotAnAddress: the address cannot stand in a header.
    """
    local, _, domain = address.rpartition("@")
    try:
        # Letters of any alphabet may stand where plain ones may (RFC 6531), but the library parses plain ones only.
        Address(addr_spec=_FOREIGN.sub("x", address))
        if not address.isprintable():
            raise NotAnAddress("holds what cannot be printed")
        return Address(header_text(name), username=local, domain=domain)
    except (MessageError, ValueError, IndexError):
        raise NotAnAddress("is not an address") from None
