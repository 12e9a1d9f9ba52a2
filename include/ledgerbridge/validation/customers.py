"""The rules that a customer must keep before it is sent, the weightiest first.

Sources: CT-5 (numbers), X-9 (what may be cut), ``economic`` section 3.1 and ``danish-invoicing``
section 1 (formats). Columns: :mod:`ledgerbridge.validation.frames`.
"""

from __future__ import annotations

from typing import Any

from ledgerbridge.limits import Limits
from ledgerbridge.validation.identifiers import CURRENCY_PATTERN
from ledgerbridge.validation.suite import rejects, warns

__all__ = ["customer_expectations"]

_ADDRESS = r"[^\s@<>,;]+@[^\s@<>,;.]+(?:\.[^\s@<>,;.]+)+"
_EMAIL_PATTERN = rf"^{_ADDRESS}(?: +{_ADDRESS})*\Z"
"""One address, or several with blanks between them, as e-conomic takes them."""


def customer_expectations(gxe: Any, limits: Limits) -> list[Any]:
    """The suite for rows of ``frames.customer_rows``; ``gxe`` is ``great_expectations.expectations``."""
    return [
        gxe.ExpectColumnValuesToBeInSet(
            column="number_is_given", value_set=[True], meta=rejects("customer_number_missing")
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="number",
            regex=limits.customer_numbers.pattern,
            meta=rejects(limits.customer_numbers.reason, "number", **limits.customer_numbers.rule),
        ),
        gxe.ExpectColumnValuesToBeUnique(column="number", meta=rejects("customer_number_twice", "number")),
        gxe.ExpectColumnValuesToNotBeNull(column="name", meta=rejects("customer_name_missing")),
        gxe.ExpectColumnValuesToBeInSet(column="gln_is_valid", value_set=[True], meta=rejects("gln_invalid", "gln")),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="cvr",
            max_value=limits.customer_cvr,
            meta=rejects("cvr_number_too_long", "cvr", limit=limits.customer_cvr),
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="email", regex=_EMAIL_PATTERN, meta=rejects("email_invalid", "email")
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="email",
            max_value=limits.customer_email,
            meta=rejects("email_too_long", "email", limit=limits.customer_email),
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="currency", regex=CURRENCY_PATTERN, meta=rejects("currency_invalid", "currency")
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="country_is_known", value_set=[True], meta=rejects("country_unknown", "country")
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="zip", max_value=limits.customer_zip, meta=rejects("zip_too_long", "zip", limit=limits.customer_zip)
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="phone",
            max_value=limits.customer_phone,
            meta=rejects("phone_too_long", "phone", limit=limits.customer_phone),
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="cvr_is_valid", value_set=[True], meta=warns("cvr_number_invalid", "cvr")
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="name",
            max_value=limits.customer_name,
            meta=warns("name_will_be_cut", "name", limit=limits.customer_name),
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="address",
            max_value=limits.customer_address,
            meta=warns("address_will_be_cut", "address", limit=limits.customer_address),
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="city",
            max_value=limits.customer_city,
            meta=warns("city_will_be_cut", "city", limit=limits.customer_city),
        ),
    ]
