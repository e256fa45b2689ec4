"""Lets another system's name mean a customer who is known already: an alias; history never moves."""

from uuid import UUID

from kindred_common.contracts.identity import customer_id_of
from kindred_profile.application.ports import Identity, Stores
from kindred_profile.domain.errors import IdentityTaken, UnknownCustomer


async def name_customer(stores: Stores, customer_id: UUID, name: Identity) -> None:
    """From now on records for ``name``, and for the id derived from it, count for this customer.

    Raises:
        UnknownCustomer: there is nobody by this id.
        IdentityTaken: the name means another customer already.
    """
    derived = customer_id_of(*name)
    locked = await stores.customers.lock({customer_id, derived})
    if customer_id not in locked:
        raise UnknownCustomer
    meant = locked.get(derived)
    if meant is not None and meant.customer.id != locked[customer_id].customer.id:
        raise IdentityTaken
    await stores.identities.name_customers({name: locked[customer_id].customer.id})
    await stores.publisher.arrived([f"customer:{derived}"])
