from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTPUTF8
from typing import Any

import pytest
from services.outreach.tests.office import MONDAY, Office, mail_of, recipient, request
from services.outreach.tests.test_calendars import WINTER, mail

from kindred_outreach.adapters.mailboxes import NotAnAddress
from kindred_outreach.adapters.mime import Sender, compose
from kindred_outreach.domain.deliveries import Delivery

SENDER = Sender("Kindred", "relations@kindred.example")
HEADERS = [
    *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
]
STRANGE = [
    "=?utf-8?q?x=0D=0ABcc:_evil=40elsewhere.example=0D=0A=0D=0AYour_password?=",
    "=?utf-8?b?eA0KQmNjOiBldmls?=",
    "=?utf-8?q?=0d=0aBcc:_e?=",
    "x\r\nBcc: evil@elsewhere.example",
    "x\x0bBcc: y\x1c\u2028\x85z",
    "\x00\x1b[31m",
    "a, b <c@d.example>",
    "\u202eé" * 200,
]


def composed(**changes: Any) -> bytes:
    return compose(replace(mail(WINTER), **changes), SENDER, MONDAY)


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("place", ["to_name", "sender_name", "subject"])
def test_no_text_begins_a_header_of_its_own(place: str, text: str) -> None:
    letter = replace(mail(WINTER).letter, subject=text)
    changes = {"letter": letter} if place == "subject" else {place: text}
    read = mail_of(composed(**changes))
    assert read.keys() == HEADERS
    assert [a.addr_spec for a in read["To"].addresses] == ["anna@customer.example"]
    assert [a.addr_spec for a in read["From"].addresses] == ["relations@kindred.example"]


@pytest.mark.parametrize("address", ["ånna@customer.example", "anna@måkelaar.example"])
def test_addresses_of_all_alphabets_are_written_as_they_are(address: str) -> None:
    head = composed(to_address=address).partition(b"\r\n\r\n")[0].decode()
    assert f"<{address}>" in head
    assert message_from_bytes(composed(to_address=address), policy=SMTPUTF8)["Subject"]


NO_ADDRESSES = ["a..b@c.example", "a,b@c.example", "a@c,d.example", '"a@c.example', "(a)@c.example"]
NO_ADDRESSES += ["a\x1cb@c.example", "é\u200b@c.example", "a@c.example.", "=?utf-8?q?a?=@c.example"]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(NotAnAddress):
        composed(to_address=address)


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_a_manager_without_an_address_leaves_answers_to_the_sender(address: str) -> None:
    assert mail_of(composed(reply_to=address))["Reply-To"] is None


async def test_a_message_to_no_address_bounces_at_once(office: Office) -> None:
    await office.know(recipient(email="anna..jansen@customer.example"))
    await office.ask(request())
    assert await office.send_next() is Delivery.NO_SUCH_ADDRESS
    assert await office.told() == [("bounced", "no_such_address")]
