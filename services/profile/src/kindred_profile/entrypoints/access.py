"""Who may call what, and after which cause."""

from typing import Annotated

from fastapi import Depends

from kindred_common.contracts.record import Cause
from kindred_common.security.principals import Principal, Role
from kindred_common.web.auth import requires
from kindred_common.web.tracing import cause_of

CauseOf = Annotated[Cause, Depends(cause_of)]

Reader = Annotated[Principal, Depends(requires(*Role, scope="customers:read"))]
"""Anyone with a role; account managers see their own and their teams' customers only."""

AccountWriter = Annotated[
    Principal,
    Depends(
        requires(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.SYSTEM, scope="customers:write")
    ),
]

CustomerWriter = Annotated[
    Principal,
    Depends(
        requires(
            Role.ADMINISTRATOR,
            Role.PROGRAMME_MANAGER,
            Role.ACCOUNT_MANAGER,
            Role.SYSTEM,
            scope="customers:write",
        )
    ),
]
"""Account managers too: for the customers whom they see."""

NameWriter = Annotated[
    Principal,
    Depends(requires(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, scope="customers:write")),
]
"""A name can be claimed before its system has told of the customer: not by those who see some customers only."""


def may_name(principal: Principal) -> bool:
    """Whether a customer whom the principal makes may have a name of another system."""
    return principal.has_role(Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER, Role.SYSTEM)
