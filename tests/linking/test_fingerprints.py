"""A linked number must still be the same company (LK-7)."""

from __future__ import annotations

import pytest
from customers_of_both_sides import target

from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.linking.fingerprints import fingerprint_of, is_broken

WITH_CVR = target("501", "Nordlys A/S", cvr_number="DK 13748136")
WITHOUT = target("501", "Nordlys Rådgivning A/S")


@pytest.mark.spec("LK-7")
@pytest.mark.parametrize(
    ("then", "now", "broken"),
    [
        (WITH_CVR, WITH_CVR, False),
        (WITH_CVR, target("501", "Nordlys", cvr_number="13748136"), False),
        (WITH_CVR, target("501", "Nyt Navn ApS", cvr_number="13748136"), False),
        (WITH_CVR, target("501", "Nordlys A/S", cvr_number="13585628"), True),
        (WITH_CVR, target("501", "Nordlys ApS"), False),
        (WITH_CVR, target("501", "Sydvind ApS"), True),
        (WITH_CVR, None, True),
        (WITHOUT, target("501", "NORDLYS RAADGIVNING"), False),
        (WITHOUT, target("501", "Nordlys Raadgivnig"), False),
        (WITHOUT, target("501", "Nordlys Rådgivning", cvr_number="13748136"), False),
        (WITHOUT, target("501", "Sydvind", cvr_number="13748136"), True),
        (WITHOUT, None, True),
    ],
)
def test_links_break_when_the_number_is_anothers(
    then: TargetCustomer, now: TargetCustomer | None, broken: bool
) -> None:
    assert is_broken(fingerprint_of(then), now) is broken
