"""Who may read of which customer."""

from uuid import UUID

from kindred_common.security.principals import Principal
from kindred_common.web.problems import not_found
from kindred_matching.application.queries import Readings


async def require_sight(readings: Readings, reader: Principal, customer_id: UUID) -> None:
    """Raises the same 404 for a customer who does not exist and one who is somebody else's."""
    keeper = await readings.keeper(customer_id)
    if keeper is None or not reader.may_see(keeper.account_manager_id, keeper.team):
        raise not_found("customer")
