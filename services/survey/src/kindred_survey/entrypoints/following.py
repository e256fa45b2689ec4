from kindred_common.web.problems import not_found
from kindred_survey.application.ports import Stores, Visit
from kindred_survey.entrypoints.desk import Desk


async def followed(stores: Stores, desk: Desk, token: str) -> Visit:
    """Whom and what a personal link opens.

    Raises:
        Problem: 404, the same for unknown, expired and revoked links and for customers who have left.
    """
    visit = await stores.links.follow(token, desk.clock.now())
    if visit is None or (visit.customer is not None and not visit.customer.active):
        raise not_found("page")
    return visit
