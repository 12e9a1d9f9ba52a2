"""Records: frozen, whole through JSON, and what counts as content."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerbridge.delivery import locators
from ledgerbridge.delivery.locators import locator_of
from ledgerbridge.integration import Integration
from ledgerbridge.records import Customer, Module, content_hash, record_from_json, record_to_json
from ledgerbridge.target.registry import limits_of
from sandbox.integration_file import settings

INTEGRATION = Integration.model_validate(settings("records_test"))


def _customer(**more: Any) -> Customer:
    return Customer(**{"source_id": "1", "customer_number": "42", "name": "Æblegrød 🍎", **more})


@given(
    st.builds(
        Customer, source_id=st.text(min_size=1), customer_number=st.text(), name=st.text(), city=st.none() | st.text()
    )
)
def test_a_customer_comes_back_as_it_was(customer: Customer) -> None:
    assert record_from_json(Module.CUSTOMERS, record_to_json(Module.CUSTOMERS, customer)) == customer


@pytest.mark.spec("CT-21", "P9")
def test_what_we_write_back_is_no_new_content() -> None:
    customer = _customer()
    assert content_hash(Module.CUSTOMERS, customer) == content_hash(
        Module.CUSTOMERS, replace(customer, target_number="7")
    )
    assert content_hash(Module.CUSTOMERS, customer) != content_hash(Module.CUSTOMERS, replace(customer, city="Vejle"))


def test_records_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        _customer().name = "x"  # type: ignore[misc]


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2, unique=True))
@pytest.mark.spec("X-8")
def test_locators_need_no_escape_and_are_never_shared(ids: list[str]) -> None:
    both = [locator_of(INTEGRATION, Module.INVOICES, id_) for id_ in ids]
    assert len(set(both)) == 2
    for locator in both:
        assert set(locator) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert locator.startswith("lb-demo-records-test-inv-")
        assert len(locator) <= 120


@given(st.text(min_size=1), st.integers(20, 100))
@pytest.mark.spec("X-8")
def test_where_there_is_little_room_a_locator_is_a_hash_of_that_length_at_most(source_id: str, room: int) -> None:
    with patch.object(locators, "limits_of", return_value=replace(limits_of(INTEGRATION), locator=room)):
        found = locators.locator_of(INTEGRATION, Module.INVOICES, source_id)
    assert found == found.strip()
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
    assert min(room, 54) == len(found)
