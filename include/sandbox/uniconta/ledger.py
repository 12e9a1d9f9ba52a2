"""What a posted invoice or a payment writes into the ledger; every voucher adds up to zero (contract 7.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import ZERO, Rounding, number
from sandbox.uniconta.company import Company
from sandbox.uniconta.enums import LEDGER_TYPE, POST_TYPE
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.invoice import Draft
from sandbox.uniconta.invoice_sums import PricedLine, VatShare
from sandbox.uniconta.posting_checks import dimensions_of

PENNY_DIFFERENCES: Final = "8095"
BANK: Final = "5820"


def post_to_ledger(company: Company, draft: Draft, invoice: Doc) -> None:
    """Customer to revenue and VAT, in the currency of the books and in the invoice's."""
    voucher = _Voucher(company, invoice, draft.rate)
    group = company["DebtorGroup"].require(draft.payer["Group"])
    voucher.write(summary_account(group), number(invoice, "TotalAmount"), in_books=number(invoice, "AmountLocalCur"))
    for share in draft.sums.shares:
        for line, amount in _net_by_line(draft, share):
            account = line.account or {}
            voucher.write(account["RowId"], -amount, vat=share.code, more=dimensions_of(draft.request.order, line.line))
        if share.code is not None and share.vat:
            voucher.write(_vat_account(share.code), -share.vat, vat=share.code)
    voucher.balance()


def summary_account(group: Doc) -> int:
    """The account that gathers what customers owe."""
    row = group.get("SummeryAccount")
    if row is None:
        raise Refused("AccountIsMissing", "SummeryAccount", group.get("Group"))
    return int(row)


def _vat_account(code: Doc) -> int:
    row = code.get("Account")
    if row is None:
        raise Refused("AccountIsMissing", "Account", code.get("Vat"))
    return int(row)


def _net_by_line(draft: Draft, share: VatShare) -> list[tuple[PricedLine, Decimal]]:
    """Each line's part of a share's base; the last one takes what rounding leaves."""
    code = share.code["RowId"] if share.code else None
    lines = [one for one in draft.priced if one.account and (one.vat["RowId"] if one.vat else None) == code]
    parts: list[tuple[PricedLine, Decimal]] = []
    left = share.base
    for line in lines[:-1]:
        part = (line.total * share.base / share.lines).quantize(Decimal("0.01")) if share.lines else line.total
        parts.append((line, part))
        left -= part
    return [*parts, *((line, left) for line in lines[-1:])]


class _Voucher:
    def __init__(self, company: Company, invoice: Doc, rate: Decimal) -> None:
        self._company = company
        self._invoice = invoice
        self._rate = rate
        self._line = 0
        self._sum = ZERO

    def write(
        self,
        account: int,
        amount: Decimal,
        *,
        in_books: Decimal | None = None,
        vat: Doc | None = None,
        more: Doc | None = None,
    ) -> None:
        if not amount and not in_books:
            return
        if in_books is None:
            in_books = Rounding(self._company.knobs).line(amount * self._rate)
        self._line += 1
        self._sum += in_books
        self._company.insert("GLTrans", self._record(account, amount, in_books, vat) | (more or {}))

    def balance(self) -> None:
        """What several roundings into another currency leave goes to the account for it."""
        if self._sum:
            account = self._company["GLAccount"].named(PENNY_DIFFERENCES)
            if account is None:
                raise Refused("AccountDoesNotExist", "PennyDif", PENNY_DIFFERENCES)
            self.write(int(account["RowId"]), ZERO, in_books=-self._sum)

    def _record(self, account: int, amount: Decimal, in_books: Decimal, vat: Doc | None) -> Doc:
        invoice = self._invoice
        record: Doc = {
            "Date": invoice["Date"],
            "DocumentDate": invoice["Date"],
            "Account": account,
            "Voucher": invoice["Voucher"],
            "VoucherLine": self._line,
            "Invoice": invoice["InvoiceNumber"],
            "JournalPostedId": invoice["JournalPostedId"],
            "Amount": in_books,
            "Text": text_of_invoice(invoice),
            "DCType": LEDGER_TYPE.number("Debtor"),
            "DCAccount": invoice["Account"],
        }
        if invoice["Currency"] != self._company.currency:
            record |= {"Currency": invoice["Currency"], "AmountCur": amount}
        if vat is not None:
            record["Vat"] = vat["RowId"]
        if "ReferenceNumber" in invoice:
            record["ReferenceNumber"] = invoice["ReferenceNumber"]
        return record


def text_of_invoice(invoice: Doc) -> str:
    """What stands on every entry of an invoice."""
    credit = number(invoice, "TotalAmount") < 0
    return f"{'Kreditnota' if credit else 'Faktura'} {invoice['InvoiceNumber']}"


def post_to_debtor(company: Company, draft: Draft, invoice: Doc) -> None:
    """The customer's entry, its open item, and the new balance."""
    credit = number(invoice, "TotalAmount") < 0
    entry: Doc = {
        "Account": invoice["Account"],
        "Date": invoice["Date"],
        "Voucher": invoice["Voucher"],
        "Invoice": invoice["InvoiceNumber"],
        "JournalPostedId": invoice["JournalPostedId"],
        "Text": text_of_invoice(invoice),
        "PostType": POST_TYPE.number("Creditnote" if credit else "Invoice"),
        "Amount": invoice["AmountLocalCur"],
        "AmountCur": invoice["TotalAmount"],
        "Currency": invoice["Currency"],
    }
    if "ReferenceNumber" in invoice:
        entry["ReferenceNumber"] = invoice["ReferenceNumber"]
    trans = company.insert("DebtorTrans", entry | {"Open": bool(number(invoice, "TotalAmount"))})
    if trans["Open"]:
        extra: Doc = {
            name: invoice[name] for name in ("DueDate", "Payment", "OrderNumber", "YourRef") if name in invoice
        }
        open_amounts = {"AmountOpen": entry["Amount"], "AmountOpenCur": entry["AmountCur"]}
        company.insert("DebtorTransOpen", entry | extra | open_amounts | {"TransRowId": trans["RowId"]})
    add_to_balance(company, int(invoice["Account"]), number(invoice, "AmountLocalCur"))
    payer = company["Debtor"].require(draft.payer["RowId"])
    company["Debtor"].put(payer | {"LastInvoice": invoice["Date"]})


def add_to_balance(company: Company, debtor: int, amount: Decimal) -> None:
    """Move what a customer owes, in the currency of the books."""
    record = company["Debtor"].require(debtor)
    company["Debtor"].put(record | {"CurBalance": number(record, "CurBalance") + amount})
