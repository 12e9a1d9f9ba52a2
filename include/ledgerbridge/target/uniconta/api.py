"""Uniconta's surfaces as plain calls: queries, records, posting, and the feed for long lists (sections 3 and 5).

Nothing here knows what an invoice is. Rows are the vendor's JSON objects, amounts in them ``Decimal`` or ``int``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from ledgerbridge.errors import LedgerbridgeError, NeedsGrant, Refusal, RefusedProperty, Rejection, TryAgain
from ledgerbridge.money import json_dumps
from ledgerbridge.target.contract import Request
from ledgerbridge.target.http import HttpSeam, NotAnswered, NotSent, RawAnswer
from ledgerbridge.target.uniconta.answers import Gone, TokenRefused, read_answer, unreadable
from ledgerbridge.target.uniconta.references import References
from ledgerbridge.target.uniconta.session import Session

__all__ = ["Api", "Row"]

Row = Mapping[str, Any]

_READ_TRIES = 3
_PAGE = 1000
_OF_REFERENCES = {"DimensionDoesNotExist", "AccountDoesNotExist"}
_MOST_ALTERNATIVES = 40  # of one filter (section 10)


class Api:
    """One company. Safe for many threads."""

    def __init__(self, http: HttpSeam, session: Session, records: HttpSeam, company_id: int) -> None:
        self._http = http
        self._session = session
        self._records = records
        self._company_id = company_id
        self._references = References(lambda entity, key, value: self.query(entity, (key, value), take=2))

    def turn(self) -> AbstractContextManager[float]:  # refuses floats: these are seconds
        """As :meth:`~ledgerbridge.target.http.HttpSeam.turn`."""
        return self._http.turn()

    # The Web API.

    def query(
        self,
        entity: str,
        *equal: tuple[str, str],
        take: int = 0,
        skip: int = 0,
        newest_by: str | None = None,
    ) -> list[Row]:
        """Rows whose properties all equal the values given; every one for ``take`` 0.

        ``newest_by``: highest value of this property first. The first filter carries paging and order (section 5.1).
        """
        filters: list[dict[str, Any]] = [{"PropertyName": name, "FilterValue": value} for name, value in equal]
        if not filters:
            filters = [{"PropertyName": newest_by, "FilterValue": ""}] if newest_by else [{}]
        filters[0] |= {"Skip": skip, "Take": take}
        if newest_by is not None:
            filters[0] |= {"OrderBy": "true", "OrderByDescending": "true"}
        request = Request("POST", f"/Query/Get/{entity}", json_dumps(filters))
        with _asked_of_nobody(request):
            rows = self.read(request)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise unreadable(request, "no list of rows", is_write=False)
        return rows

    def insert(self, entity: str, row: Row) -> Any:
        """The row as it was made."""
        with self.naming(entity, [row]):
            return self.write(Request("POST", f"/Crud/Insert/{entity}", json_dumps(row)))

    def insert_list(self, entity: str, rows: Sequence[Row]) -> Any:
        """Whatever it is answered with: that it was done is all that is documented."""
        with self.naming(entity, rows):
            return self.write(Request("POST", f"/Crud/InsertList/{entity}", json_dumps(list(rows))))

    def delete_list(self, entity: str, rows: Sequence[Row]) -> None:
        """Whole rows, as they were read (section 5)."""
        self.write(Request("DELETE", f"/Crud/DeleteList/{entity}", json_dumps(list(rows))))

    @contextmanager
    def naming(self, entity: str, rows: Sequence[Row]) -> Iterator[None]:
        """«The record does not exist», of rows that are being made, or are there: it means what they refer to.

        Raises:
            RefusedProperty: names what is missing; all that they refer to where nothing is missing now, or where that
                could not be asked.
        """
        try:
            yield
        except Gone as error:
            raise self._reference_missing(entity, rows, error) from None
        except RefusedProperty as error:
            if error.property_name or error.reason.values.get("what", "") not in _OF_REFERENCES:
                raise
            raise self._reference_missing(entity, rows, error) from None

    def _reference_missing(self, entity: str, rows: Sequence[Row], error: Rejection) -> RefusedProperty:
        told = self._references.of(entity, rows)
        with suppress(LedgerbridgeError):
            told = self._references.missing(entity, rows) or told
        what = f"{error.reason.values.get('what', '')}: {', '.join(' '.join(item) for item in told)}"
        name, value = told[0] if told else ("", "")
        return RefusedProperty("uniconta_reference_missing", name, value, what=what)

    def write(self, request: Request) -> Any:
        """Send one write, once: a token that was refused means that it was not looked at."""
        return self._authorized(request, is_write=True)

    def read(self, request: Request) -> Any:
        """Ask, and once more where nothing came back. What is refused is the fault of the record it is asked about."""
        return self._patiently(request, partial(self._authorized, request, is_write=False))

    # The official surfaces on the other host, with name and password in each call.

    def update(self, entity: str, row: Row) -> Any:
        """The row as it is now. ``row`` is whole: a property that is left out is emptied (section 4)."""
        return self.put(Request("PUT", f"/api/Entities/Update/{entity}", json_dumps(row)))

    def put(self, request: Request) -> Any:
        """As :meth:`write`, on this host."""
        return self._by_password(request, is_write=True)

    def feed(self, entity: str, condition: str | None = None) -> Iterator[Row]:
        """Every row of a list, page by page; ``condition`` as OData has it."""
        skip = 0
        while True:
            options = {"$skip": skip, "$top": _PAGE} | ({"$filter": condition} if condition else {})
            asked = urlencode(options, quote_via=quote, safe="$")
            request = Request("GET", f"/odata/{self._company_id}/{entity}?{asked}")
            with _asked_of_nobody(request):
                page = self._patiently(request, partial(self._by_password, request, is_write=False))
            rows = page.get("value") if isinstance(page, dict) else None
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise unreadable(request, "no list of rows", is_write=False)
            yield from rows
            skip += len(rows)
            # A page may be shorter than was asked for; the link says that there is more (section 3).
            if not rows or (len(rows) < _PAGE and "@odata.nextLink" not in page):
                return

    def feed_of(self, entity: str, name: str, values: Sequence[str]) -> Iterator[Row]:
        """The rows whose ``name`` is one of ``values``, as many values to a call as a filter takes."""
        for start in range(0, len(values), _MOST_ALTERNATIVES):
            some = values[start : start + _MOST_ALTERNATIVES]
            yield from self.feed(entity, " or ".join(f"{name} eq {_literal(value)}" for value in some))

    def pdf(self, account: str, date: str, number: int) -> bytes | None:
        """The invoice's PDF; nothing where the answer is none (section 5.3: base64 in a JSON string)."""
        asked = urlencode({"Account": account, "Date": date, "InvoiceNumber": number})
        said = self.read(Request("GET", f"/Invoice/GetInvoicePDF?{asked}"))
        if not isinstance(said, str):
            return None
        try:
            content = base64.b64decode(said.strip('"'), validate=True)
        except (binascii.Error, ValueError):
            return None
        return content if content.startswith(b"%PDF") else None

    # How a call is made.

    def _authorized(self, request: Request, *, is_write: bool) -> Any:
        headers = self._session.headers()
        try:
            return self._sent(self._http, request, headers, is_write=is_write)
        except TokenRefused:
            self._session.refused(headers)
        try:
            return self._sent(self._http, request, self._session.headers(), is_write=is_write)
        except TokenRefused:
            # A token that is minutes old is refused: somebody else logs in as this user at the same time.
            raise TryAgain("uniconta_logged_in_elsewhere", after_seconds=None) from None

    def _by_password(self, request: Request, *, is_write: bool) -> Any:
        try:
            return self._sent(self._records, request, {"Accept": "application/json"}, is_write=is_write)
        except TokenRefused:
            raise NeedsGrant("uniconta_login_refused", what="401") from None

    def _sent(self, http: HttpSeam, request: Request, headers: Mapping[str, str], *, is_write: bool) -> Any:
        try:
            raw: RawAnswer = http.send(request, headers)
        except NotSent as error:
            raise TryAgain("uniconta_not_reached", what=str(error)) from None
        except NotAnswered as error:
            raise unreadable(request, str(error), is_write=is_write) from None
        return read_answer(request, raw, is_write=is_write)

    def _patiently(self, request: Request, ask: Callable[[], Any]) -> Any:
        failure: LedgerbridgeError = unreadable(request, "not asked", is_write=False)
        for _ in range(_READ_TRIES):
            try:
                return ask()
            except TryAgain as error:
                failure = error
                if error.after_seconds is not None:
                    break
        raise failure


@contextmanager
def _asked_of_nobody(request: Request) -> Iterator[None]:
    """A question after a list that is not taken is no record's fault; nor is it an answer that there is no list."""
    try:
        yield
    except Gone as error:
        raise unreadable(request, str(error), is_write=False) from None
    except RefusedProperty as error:
        raise Refusal("uniconta_access_denied", call=request.path.split("?", 1)[0], what=str(error)) from None


def _literal(value: str) -> str:
    """A text as OData has it."""
    return "'" + value.replace("'", "''") + "'"
