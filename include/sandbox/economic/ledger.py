"""The ledger entries that a booked invoice or a payment makes (contract 3.12)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sandbox.economic.agreement import Agreement
from sandbox.economic.money import ZERO, in_base, rounded
from sandbox.standin.jsontext import Doc

ROUNDING_ACCOUNT = 6970
BANK_ACCOUNT = 5820


def post_invoice(agreement: Agreement, invoice: Doc, postings: list[Doc]) -> None:
    """Debtor to revenue and VAT; debit is positive and every voucher adds up to zero."""
    rate = Decimal(invoice["exchangeRate"])
    voucher = agreement.next_number("voucherNumber")
    group_number = agreement["customers"].require(invoice["customer"]["customerNumber"])["customerGroup"]
    group = agreement["customer-groups"].require(group_number["customerGroupNumber"])
    gross = rounded(invoice["grossAmount"])
    rows: list[tuple[int, Decimal, Decimal, str | None]] = []
    for (account, code), amount in _revenue(postings).items():
        rows.append((account, -amount, -in_base(amount, rate), code))
    for (account, code), amount in _vat(agreement, invoice, postings).items():
        rows.append((account, -amount, -in_base(amount, rate), code))
    debtor = rounded(invoice["grossAmountInBaseCurrency"])
    _write(agreement, invoice, voucher, (group["account"]["accountNumber"], gross, debtor, None), "debtor")
    for row in rows:
        _write(agreement, invoice, voucher, row, "contra")
    difference = -(debtor + sum((row[2] for row in rows), ZERO))
    if difference:
        _write(agreement, invoice, voucher, (ROUNDING_ACCOUNT, ZERO, difference, None), "contra")


def _revenue(postings: list[Doc]) -> dict[tuple[int, str | None], Decimal]:
    amounts: dict[tuple[int, str | None], Decimal] = defaultdict(lambda: ZERO)
    for posting in postings:
        if posting["account"] is not None:
            amounts[(posting["account"], posting["vatCode"])] += rounded(posting["net"])
    return {key: amount for key, amount in amounts.items() if amount}


def _vat(agreement: Agreement, invoice: Doc, postings: list[Doc]) -> dict[tuple[int, str | None], Decimal]:
    exact: dict[str, Decimal] = defaultdict(Decimal)
    for posting in postings:
        if posting["vatCode"] and posting["vat"]:
            exact[posting["vatCode"]] += Decimal(posting["vat"])
    shares = {code: rounded(amount) for code, amount in exact.items()}
    difference = rounded(invoice["vatAmount"]) - sum(shares.values(), ZERO)
    if difference:
        # Several codes rounded one by one may miss the invoice's VAT by an øre; the largest takes it.
        largest = max(shares, key=lambda code: abs(shares[code]))
        shares[largest] += difference
    accounts = agreement["vat-accounts"]
    return {(int(accounts.require(code)["account"]), code): amount for code, amount in shares.items() if amount}


def _write(
    agreement: Agreement, invoice: Doc, voucher: int, row: tuple[int, Decimal, Decimal, str | None], side: str
) -> None:
    account, amount, amount_in_base, code = row
    number = invoice["bookedInvoiceNumber"]
    entry: Doc = {
        "account": {"accountNumber": account},
        "amount": amount,
        "amountInBaseCurrency": amount_in_base,
        "bookedInvoice": {"bookedInvoiceNumber": number},
        "currency": invoice["currency"],
        "customer": {"customerNumber": invoice["customer"]["customerNumber"]},
        "date": invoice["date"],
        "entryNumber": agreement.next_number("entryNumber"),
        "entryType": "customerInvoice",
        "invoiceNumber": number,
        "text": f"Faktura {number}",
        "voucherNumber": voucher,
    }
    if "dueDate" in invoice:
        entry["dueDate"] = invoice["dueDate"]
    if side == "debtor":
        entry |= {"remainder": amount, "remainderInBaseCurrency": amount_in_base}
    if code is not None:
        entry["vatAccount"] = {"vatCode": code}
    agreement["entries"].put(entry)
    _add_to_account(agreement, account, amount_in_base)


def _add_to_account(agreement: Agreement, account: int, amount: Decimal) -> None:
    record = agreement["accounts"].require(account)
    agreement["accounts"].put(record | {"balance": rounded(Decimal(record["balance"]) + amount)})


def add_to_customer(agreement: Agreement, customer: int, amount: Decimal) -> None:
    """Move a customer's balance, in the base currency."""
    record = agreement["customers"].require(customer)
    agreement["customers"].put(record | {"balance": rounded(Decimal(record["balance"]) + amount)})


def post_payment(agreement: Agreement, invoice: Doc, amount: Decimal, day: str) -> Doc:
    """A customer's payment: bank to debtor, and a smaller remainder. Returns the changed invoice."""
    rate = Decimal(invoice["exchangeRate"])
    remainder = rounded(Decimal(invoice["remainder"]) - amount)
    paid_in_base = in_base(amount, rate) if remainder else Decimal(invoice["remainderInBaseCurrency"])
    customer = agreement["customers"].require(invoice["customer"]["customerNumber"])
    group = agreement["customer-groups"].require(customer["customerGroup"]["customerGroupNumber"])
    voucher = agreement.next_number("voucherNumber")
    for account, sign in ((BANK_ACCOUNT, 1), (group["account"]["accountNumber"], -1)):
        agreement["entries"].put(
            {
                "account": {"accountNumber": account},
                "amount": sign * amount,
                "amountInBaseCurrency": sign * paid_in_base,
                "currency": invoice["currency"],
                "customer": {"customerNumber": customer["customerNumber"]},
                "date": day,
                "entryNumber": agreement.next_number("entryNumber"),
                "entryType": "customerPayment",
                "invoiceNumber": invoice["bookedInvoiceNumber"],
                "text": f"Betaling af faktura {invoice['bookedInvoiceNumber']}",
                "voucherNumber": voucher,
            }
        )
        _add_to_account(agreement, account, sign * paid_in_base)
    changed = invoice | {
        "remainder": remainder,
        "remainderInBaseCurrency": rounded(Decimal(invoice["remainderInBaseCurrency"]) - paid_in_base),
    }
    agreement["booked"].put(changed)
    agreement.note_remainder(changed)
    add_to_customer(agreement, customer["customerNumber"], -paid_in_base)
    return changed
