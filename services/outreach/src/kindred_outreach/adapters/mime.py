"""A mail as it goes over the wire."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from kindred_outreach.adapters.calendars import calendar_message, method_of
from kindred_outreach.adapters.letters.layout import as_html, as_text
from kindred_outreach.adapters.mailboxes import NotAnAddress, header_text, mailbox
from kindred_outreach.domain.letters import Mail
from kindred_outreach.domain.messages import Appointment


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name mail goes out, and from which address."""

    company: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def compose(mail: Mail, sender: Sender, now: datetime) -> bytes:
    """The whole message: plain text, HTML and calendar as alternatives, the calendar as a file too.

    Its ``Message-ID`` comes from the message, so that every attempt carries the same.

    Raises:
        NotAnAddress: nothing can be sent to the recipient's address.
    """
    message = EmailMessage(policy=SMTP if mail.to_address.isascii() else SMTPUTF8)
    _address(message, mail, sender, now)
    message.set_content(as_text(mail.letter), cte="quoted-printable")
    html = as_html(mail.letter, sender.company)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if mail.appointment is not None:
        _enclose(message, mail, mail.appointment, sender, now)
    return message.as_bytes()


def _address(message: EmailMessage, mail: Mail, sender: Sender, now: datetime) -> None:
    message["From"] = mailbox(mail.sender_name, sender.address)
    message["To"] = mailbox(mail.to_name, mail.to_address)
    if mail.reply_to:
        _answer_to(message, mail.reply_to)
    message["Subject"] = header_text(mail.letter.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.message_id}@{sender.domain}>"
    if mail.letter.unsubscribe_link:
        message["List-Unsubscribe"] = f"<{mail.letter.unsubscribe_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _answer_to(message: EmailMessage, address: str) -> None:
    """Answers go to the account manager; where his address is none, or needs more than the server may offer, to the sender."""
    if address.isascii():
        with suppress(NotAnAddress):
            message["Reply-To"] = mailbox("", address)


def _enclose(
    message: EmailMessage, mail: Mail, appointment: Appointment, sender: Sender, now: datetime
) -> None:
    calendar = calendar_message(mail, appointment, sender.address, now)
    method = method_of(appointment)
    message.add_alternative(
        calendar.decode(), subtype="calendar", cte="base64", params={"method": method}
    )
    name = "cancel.ics" if appointment.cancelled else "invite.ics"
    message.add_attachment(calendar, maintype="application", subtype="ics", filename=name)
