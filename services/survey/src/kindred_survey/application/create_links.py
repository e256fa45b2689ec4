from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from kindred_common.clock import Ids
from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import MESSAGE_REQUESTS
from kindred_common.contracts.vocabulary import MessageClass, MessagePurpose
from kindred_survey.application.ports import Customer, Link, PublishedVersion, Stores
from kindred_survey.domain.errors import UnknownCustomer


class LinkResult(StrEnum):
    """What came of asking for a link."""

    CREATED = "created"
    REQUESTED = "requested"
    ALREADY_REQUESTED = "already_requested"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class NewLinks:
    """Links wanted for some customers, handed back or, with ``send``, put into a message to each.

    ``may_see`` tells of a customer, None for one not known here yet, whether the caller may see him.
    """

    survey_id: UUID
    customer_ids: tuple[UUID, ...]
    expires_at: datetime
    send: bool
    may_see: Callable[[Customer | None], bool]
    address: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class MadeLink:
    """What came of one link; ``url`` only where it was not sent, since nobody but the customer should see it then."""

    customer_id: UUID
    result: LinkResult
    link_id: UUID | None = None
    url: str | None = None
    message_id: UUID | None = None


async def create_links(
    stores: Stores, wanted: NewLinks, cause: Cause, ids: Ids, now: datetime
) -> Sequence[MadeLink]:
    """Makes a personal link to the latest published version for each customer.

    A customer gets one message for a version, however often it is asked for.

    Raises:
        UnknownSurvey: there is no such survey.
        NotPublished: it cannot be answered yet.
        UnknownCustomer: the caller may not see one of the customers.
    """
    published = await stores.surveys.published(wanted.survey_id)
    customer_ids = [*dict.fromkeys(wanted.customer_ids)]
    known = await stores.customers.find(customer_ids)
    if not all(wanted.may_see(known.get(customer_id)) for customer_id in customer_ids):
        raise UnknownCustomer
    made: list[MadeLink] = []
    requests: list[Outgoing] = []
    for customer_id in customer_ids:
        customer = known.get(customer_id)
        if customer is not None and not customer.active:
            made.append(MadeLink(customer_id, LinkResult.INACTIVE))
            continue
        link = _link(wanted, published, customer_id, ids, now)
        token = await stores.links.create(link)
        if token is None:
            made.append(MadeLink(customer_id, LinkResult.ALREADY_REQUESTED))
            continue
        url = wanted.address(token)
        made.append(_made(link, url))
        requests += _request(link, published, customer, url, cause)
    await stores.publish(requests)
    return made


def _link(
    wanted: NewLinks, published: PublishedVersion, customer_id: UUID, ids: Ids, now: datetime
) -> Link:
    return Link(
        id=ids(),
        survey_id=published.survey_id,
        version=published.version,
        customer_id=customer_id,
        expires_at=wanted.expires_at,
        created_at=now,
        message_id=ids() if wanted.send else None,
        status=LinkResult.REQUESTED if wanted.send else LinkResult.CREATED,
    )


def _made(link: Link, url: str) -> MadeLink:
    return MadeLink(
        link.customer_id,
        LinkResult(link.status),
        link.id,
        None if link.message_id else url,
        link.message_id,
    )


def _request(
    link: Link, published: PublishedVersion, customer: Customer | None, url: str, cause: Cause
) -> Sequence[Outgoing]:
    if link.message_id is None:
        return []
    definition = published.definition
    request = MessageRequested(
        message_id=link.message_id,
        customer_id=link.customer_id,
        purpose=MessagePurpose.SURVEY_INVITATION,
        occasion=f"{link.survey_id}:{link.version}",
        message_class=MessageClass.SURVEY,
        data={
            "title": definition.title.speak(customer.language if customer else "nl"),
            "minutes": str(definition.minutes),
            "closes_at": link.expires_at.isoformat(),
        },
        link=url,
        not_after=link.expires_at,
    )
    return [Outgoing(MESSAGE_REQUESTS, str(link.customer_id), request, cause)]
