from collections.abc import Mapping
from uuid import UUID

from kindred_common.contracts.profile import CustomerDetails
from kindred_survey.application.ports import Customer, Stores


async def learn_customers(stores: Stores, details: Mapping[UUID, CustomerDetails | None]) -> None:
    """Keeps how to speak to each customer and who may see him; None forgets one."""
    known = [
        Customer(customer_id, d.active, d.language.value, d.account_manager_id, d.team)
        for customer_id, d in details.items()
        if d is not None
    ]
    await stores.customers.learn(known)
    await stores.customers.forget([i for i, d in details.items() if d is None])
