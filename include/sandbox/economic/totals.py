"""Totals of a document, always made by the server (contract 5.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sandbox.economic.agreement import Agreement
from sandbox.economic.money import HUNDRED, ZERO, in_base, line_net, percentage, rounded
from sandbox.standin.jsontext import Doc


@dataclass(frozen=True, slots=True)
class Posting:
    """Where a line goes in the ledger and what VAT it carries."""

    account: int | None
    vat_code: str | None
    vat_rate: Decimal
    net: Decimal
    vat: Decimal

    def stored(self) -> Doc:
        """As it is kept beside the draft."""
        return {
            "account": self.account,
            "vatCode": self.vat_code,
            "vatRate": self.vat_rate,
            "net": self.net,
            "vat": self.vat,
        }


def posting_of(agreement: Agreement, line: Doc, zone: int, rounding: str) -> Posting:
    """Product group × VAT zone of the recipient → sales account → VAT code → rate (5.3)."""
    net = Decimal(line.get("totalNetAmount", ZERO))
    if "product" not in line:
        return Posting(None, None, Decimal(0), ZERO, ZERO)
    product = agreement["products"].require(line["product"]["productNumber"])
    group = agreement["product-groups"].require(product["productGroup"]["productGroupNumber"])
    number = next((e["accountNumber"] for e in group["salesAccounts"] if e["vatZoneNumber"] == zone), None)
    code = agreement["accounts"].require(number).get("vatCode") if number is not None else None
    rate = Decimal(agreement["vat-accounts"].require(code)["ratePercentage"]) if code else Decimal(0)
    vat = net * rate / HUNDRED
    return Posting(number, code, rate, net, rounded(vat) if rounding == "line" else vat)


def complete_line(line: Doc, exchange_rate: Decimal) -> Doc:
    """A line with the amounts the server adds to it (recorded lines of 3.7)."""
    priced = "product" in line and "unitNetPrice" in line and "quantity" in line
    shown = dict(line)
    for name in ("quantity", "unitNetPrice", "discountPercentage", "unitCostPrice"):
        if name in shown:
            shown[name] = rounded(shown[name])
    if "product" in line:
        shown.setdefault("discountPercentage", ZERO)
        shown.setdefault("unitCostPrice", ZERO)
    if priced:
        net = line_net(Decimal(line["quantity"]), Decimal(line["unitNetPrice"]), shown["discountPercentage"])
        net_in_base = in_base(net, exchange_rate)
        margin = net_in_base - _cost(line)
        shown |= {
            "totalNetAmount": net,
            "marginInBaseCurrency": rounded(margin),
            "marginPercentage": percentage(margin, net_in_base),
        }
    else:
        # Without a product a line counts 0, whatever it says (contract 7, pitfall 10); a product line
        # without a price was recorded without totalNetAmount.
        shown |= {"marginInBaseCurrency": ZERO, "marginPercentage": ZERO}
        if "product" not in line and "unitNetPrice" in line:
            shown["totalNetAmount"] = ZERO
    return shown


def _cost(line: Doc) -> Decimal:
    return Decimal(line.get("quantity", 0)) * Decimal(line.get("unitCostPrice", 0))


def document_totals(lines: Iterable[Doc], postings: Iterable[Posting], exchange_rate: Decimal) -> Doc:
    """The header amounts with the decimals of section 5.2."""
    everything = list(postings)
    net = rounded(sum((posting.net for posting in everything), ZERO))
    vat = rounded(sum((posting.vat for posting in everything), ZERO))
    cost = sum((_cost(line) for line in lines if "product" in line), ZERO)
    net_in_base = in_base(net, exchange_rate)
    margin = net_in_base - cost
    return {
        "netAmount": rounded(net, 6),
        "netAmountInBaseCurrency": net_in_base,
        "grossAmount": rounded(net + vat, 6),
        "grossAmountInBaseCurrency": in_base(net + vat, exchange_rate),
        "marginInBaseCurrency": rounded(margin, 4),
        "marginPercentage": percentage(margin, net_in_base),
        "vatAmount": rounded(vat, 6),
        "roundingAmount": ZERO,
        "costPriceInBaseCurrency": rounded(cost, 4),
    }
