"""The columns of a customer's record, in one place, in the order of every statement."""

from collections.abc import Sequence
from typing import Any

from kindred_profile.domain.customers import Customer
from kindred_profile.domain.norms import Norm

COLUMNS = {
    "id": "uuid",
    "account_id": "uuid",
    "given_name": "text",
    "family_name": "text",
    "email": "text",
    "phone": "text",
    "language": "text",
    "formal": "bool",
    "buying_role": "text",
    "legal_ground": "text",
    "manner": "text",
    "home_latitude": "float8",
    "home_longitude": "float8",
    "max_distance_km": "float8",
    "norm_max_value": "float8",
    "norm_business_only": "bool",
    "norm_stated_by": "text",
    "birth_year": "int2",
    "active": "bool",
}
NAMES = ", ".join(f"c.{name}" for name in COLUMNS)


def row_of(customer: Customer) -> tuple[Any, ...]:
    """The values of the columns."""
    norm, home = customer.norm, customer.home
    return (
        customer.id,
        customer.account_id,
        customer.given_name,
        customer.family_name,
        customer.email,
        customer.phone,
        customer.language,
        customer.formal,
        customer.buying_role,
        customer.legal_ground,
        customer.manner,
        None if home is None else home[0],
        None if home is None else home[1],
        customer.max_distance_km,
        None if norm is None else norm.max_value,
        None if norm is None else norm.business_only,
        None if norm is None else norm.stated_by,
        customer.birth_year,
        customer.active,
    )


def customer_of(row: Sequence[Any]) -> Customer:
    """The record in a row that begins with the columns."""
    latitude, longitude, distance, max_value, business_only, stated_by = row[11:17]
    return Customer(
        id=row[0],
        account_id=row[1],
        given_name=row[2],
        family_name=row[3],
        email=row[4],
        phone=row[5],
        language=row[6],
        formal=row[7],
        buying_role=row[8],
        legal_ground=row[9],
        manner=row[10],
        home=None if latitude is None else (latitude, longitude),
        max_distance_km=distance,
        norm=None if stated_by is None else Norm(max_value, bool(business_only), stated_by),
        birth_year=row[17],
        active=row[18],
    )
