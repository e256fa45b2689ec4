"""Who asks, and whose data he may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a principal may do; a principal can have several."""

    ADMINISTRATOR = "administrator"
    PROGRAMME_MANAGER = "programme_manager"
    ACCOUNT_MANAGER = "account_manager"
    COMPLIANCE_OFFICER = "compliance_officer"
    VIEWER = "viewer"
    SYSTEM = "system"


SEES_EVERY_CUSTOMER = frozenset(Role) - {Role.ACCOUNT_MANAGER}


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated person or system.

    ``subject`` identifies it for ever and is what customers carry as ``account_manager_id``. A principal that carries
    ``scopes`` is limited to them, and to nothing if there are none in it; with None it is limited by its roles only. ``teams`` are the teams whose customers an
    account manager shares.
    """

    subject: str
    roles: frozenset[Role]
    scopes: frozenset[str] | None = None
    teams: frozenset[str] = frozenset()
    name: str = ""

    @property
    def sees_every_customer(self) -> bool:
        """Whether lists need no restriction to ``subject`` and ``teams``."""
        return bool(self.roles & SEES_EVERY_CUSTOMER)

    def may_see(self, account_manager_id: str | None, team: str | None) -> bool:
        """Whether the customer of this account manager and team may be shown: in pages, lists and exports alike."""
        if self.sees_every_customer:
            return True
        if Role.ACCOUNT_MANAGER not in self.roles:
            return False
        return account_manager_id == self.subject or (team is not None and team in self.teams)

    def has_role(self, *roles: Role) -> bool:
        """Whether it has any of these roles; without roles, whether it has any at all."""
        return bool(self.roles & frozenset(roles)) if roles else bool(self.roles)

    def has_scope(self, scope: str | None) -> bool:
        """Whether its scopes, if it carries any, include this one."""
        return scope is None or self.scopes is None or scope in self.scopes


def known_roles(names: Iterable[object]) -> frozenset[Role]:
    """The roles among the names; an identity provider also sends names that mean nothing here."""
    known = {role.value: role for role in Role}
    return frozenset(known[name] for name in names if isinstance(name, str) and name in known)
