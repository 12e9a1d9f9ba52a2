"""Collections: filter, sort, page, and the envelope around the items (contract 2.4, 2.6, 2.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from sandbox.economic.errors import bad_filter, bad_page, bad_sort, server_error
from sandbox.economic.fields import Allowed
from sandbox.economic.filter_grammar import FilterSyntaxError, parse_filter
from sandbox.economic.filter_match import CrashError, Test, compile_filter, look_up
from sandbox.economic.query import Query
from sandbox.standin.jsontext import Doc

DEFAULT_PAGE, MAX_PAGE = 20, 1000
_MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Listing:
    """What a collection answer is made of."""

    path: str
    """The collection's address without query."""
    allowed: Allowed
    present: Callable[[Doc], Doc]
    """Gives a record the shape of a list item."""
    create: str | None = None
    """Description of ``metaData.create`` on writable collections."""
    extra: Doc | None = None


def selection(query: Query, allowed: Allowed, *, crash: bool) -> Test | None:
    """The test of ``?filter=``, or nothing when there is no filter."""
    text = query.get("filter")
    if not text:
        return None
    try:
        return compile_filter(parse_filter(text), allowed.filters, crash=crash)
    except FilterSyntaxError as error:
        raise bad_filter(str(error), list(allowed.filters.kinds)) from error
    except CrashError as error:
        raise server_error() from error


def list_answer(records: Iterable[Doc], query: Query, listing: Listing, *, crash: bool) -> Doc:
    """The whole answer of a collection."""
    size = _page_number(query, "pagesize", DEFAULT_PAGE, 1, MAX_PAGE)
    skip = _page_number(query, "skippages", 0, 0, None)
    everything = list(records)
    test = selection(query, listing.allowed, crash=crash)
    found = everything if test is None else [record for record in everything if test(record)]
    found = _sorted(found, query.get("sort"), listing.allowed)
    page = found[skip * size : (skip + 1) * size]
    answer: Doc = {"collection": [listing.present(record) for record in page]}
    address = listing.path + query.repeated()
    if listing.create:
        answer["metaData"] = {"create": {"description": listing.create, "href": address, "httpMethod": "post"}}
    answer["pagination"] = {
        "skipPages": skip,
        "pageSize": size,
        "maxPageSizeAllowed": MAX_PAGE,
        "results": len(found),
        "resultsWithoutFilter": len(everything),
    } | _page_links(query, listing.path, skip, size, len(found))
    return answer | (listing.extra or {}) | {"self": address}


def _page_number(query: Query, name: str, default: int, lowest: int, highest: int | None) -> int:
    text = query.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else -1
    if number < lowest or (highest is not None and number > highest):
        rule = f"between {lowest} and {highest}" if highest else "or zero"
        raise bad_page(name, f"must be a positive whole number {rule}")
    return number


def _page_links(query: Query, path: str, skip: int, size: int, results: int) -> Doc:
    if not results:
        return {"developerHint": "Pagination links are suppressed when there are no results."}
    last = (results + size - 1) // size - 1
    links = {"firstPage": path + query.page(0, size)}
    if skip < last:
        links["nextPage"] = path + query.page(skip + 1, size)
    if skip > 0:
        links["previousPage"] = path + query.page(min(skip - 1, last), size)
    return links | {"lastPage": path + query.page(last, size)}


def _sorted(records: list[Doc], order: str | None, allowed: Allowed) -> list[Doc]:
    if not order:
        return records
    for term in reversed(order.split(",")):
        name = term.strip()
        descending = name.startswith("-")
        name = name.removeprefix("-")
        alphabetical = name.startswith("~")
        name = name.removeprefix("~")
        if name not in allowed.sorts:
            raise bad_sort()
        records = sorted(records, key=_sort_key(name, alphabetical=alphabetical), reverse=descending)
    return records


def _sort_key(name: str, *, alphabetical: bool) -> Callable[[Doc], tuple[int, Decimal, str]]:
    """Nothing sorts first; numbers by size unless ``~`` asks for the alphabet; text without case."""
    reach = tuple(name.split("."))

    def key(record: Doc) -> tuple[int, Decimal, str]:
        value = look_up(record, reach)
        if value is None:
            return 0, Decimal(0), ""
        if isinstance(value, int | Decimal) and not alphabetical:
            return 1, Decimal(value), ""
        return 1, Decimal(0), str(value).lower()

    return key
