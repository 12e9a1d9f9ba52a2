"""What still refers to a record: such a record cannot be deleted (contract 2.2)."""

from __future__ import annotations

from sandbox.economic.call import Call
from sandbox.economic.errors import Problems
from sandbox.standin.jsontext import Doc


def refuse_if_used(call: Call, kind: str, key: int | str) -> None:
    """400 with E06900 when a document or another record names it."""
    if not any(_names(document, kind, key) for document in _documents(call)):
        return
    problems = Problems()
    problems.add(
        (call.collection(kind).key_field,),
        call.collection(kind).key_field,
        "The entity cannot be deleted because it is in use.",
        "E06900",
        key,
        "Delete what refers to it first.",
    )
    problems.raise_if_any()


def _documents(call: Call) -> list[Doc]:
    kinds = ("drafts", "booked", "customers", "products")
    return [record for kind in kinds for record in call.collection(kind)]


def _names(document: Doc, kind: str, key: int | str) -> bool:
    field = {
        "customers": "customer", "units": "unit", "payment-terms": "paymentTerms",
        "customer-groups": "customerGroup", "products": "product",
    }[kind]  # fmt: skip
    holders = [document, *document.get("lines", ())]
    return any(key in holder[field].values() for holder in holders if field in holder)
