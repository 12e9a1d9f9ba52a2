"""Uniconta's own error codes: number, name and English text (section 8), and what kind of trouble each is."""

from __future__ import annotations

from enum import Enum, auto

__all__ = ["Trouble", "code_named", "kind_of"]


class Trouble(Enum):
    """What follows from an error, whatever it is called."""

    LATER = auto()
    """Nothing was done; the same call will do in a while."""
    LATER_TODAY_NO_MORE = auto()
    """Nothing was done, and nothing more will be for hours."""
    ACCESS = auto()
    """Nobody of this user gets in any more."""
    RIGHTS = auto()
    """The user, the subscription or the settings are at fault: every record would fail."""
    TAKEN = auto()
    """A record with this key is there already."""
    GONE = auto()
    """What the call was about is not there."""
    UNCLEAR = auto()
    """Something went wrong inside; whether anything was done is not said."""
    RECORD = auto()
    """This record's own fault."""


# Names by number, from 0.
_BY_NUMBER = """
Succes NoSucces NoRights Exception VersionNoLongerSupported InvalidVersion InvalidObject UserNotLoggedIn UserIsBlocked
UserOrPasswordIsWrong UnknownAppIdent CouldNotLoad CouldNotLoadOriginal CouldNotSave CouldNotCreate LineCountMismatch
RecordNotSelected CostPriceCannotBeNegative CouldNotFind SumNotZero AccountDoesNotExist AccountIsMissing
AccountIsBlocked AccountIsNotPostingAccount DimensionDoesNotExist CostValueAndQtyCannotBothHaveValue
FinancePeriodDoesNotExist FinancePeriodNotOpen NumberSerieDoesNotExist NumberSerieIsBlocked TransTypeDoesNotExist
VatTypeDoesNotExist VatCodeCannotBeUsedOnThisAccount SplitAccountHasCircularReference SplitAccountIsNotPostingAccount
IdDoesNotExist LoginIdExists DebitAndCreditCannotBothHaveValue DebtorCreditorCannotHaveVat KeyIsEmpty KeyExists
FieldHasinvalidValue FieldCannotBeBlank FieldCannotBeChangedToNewValue NoRightsToDelete NoRightsToUpdate
NoRightsToInsert CouldNotDeleteRecordThatIsReferred DimensionIsMandatory VoucherCannotBeZero VoucherAllreadyCanceled
AccountHasMandatoryVat VatOperationNotSpecified PaymentCannotBeEmpty UserDoesNotExist DateSumNotZero
TooManyVatCombinations VatIsNotSalesVat VatIsNotPurchaseVat IllegalFiletype SQLException PrimaryKeyCannotBeChanged
CouldNotDeleteRecordThatHasTransactions AmountAndAmountCurHasDifferentSign CurrencyIsSetButAmountHasNoValue
JournalIsBlocked PurchaseVatCannotBeUsedOnSalesAccount SalesVatCannotBeUsedOnPurchaceAccount
PurchaseVatOprCannotBeUsedOnSalesVat SalesVatOprCannotBeUsedOnPurchaceVat WithholdingAccountNotFound
WithholdingRateNotFound NoCompanyId FileIsTooBig AccountIsNotBankAccount BankAccountIsMissing RecordIsAlreadyDeleted
MonthNotOpen CompanyIsDeactivated CannotVoidPrimoTransaction ProjectIsBlocked PrCategoryCannotBeBlank
PrCatRevenueAccountNotRevenue PrCatNotRevenueAccountRevenue NoLinesToUpdate NoInternetHeading AppIdentBlocked
NoRightsToRunApp SlowDown CannotUpdateRecord CannotDeleteRecord SequenceNumberError ServerIsBusy ToManyCreatesInOneDay
NumberIsUsedBefore CreditorIsStopped DebtorIsStopped ItemIsOnHold AmountDoesNotMatchEnteredAmount ProjectCannotBeBlank
CannotCancelVoucher MovementCannotHaveCost
"""
_NAMES = tuple(_BY_NUMBER.split())

# Names without a number that is known.
_NEWER = {
    "NoLinesFound", "IgnoreUpdate", "RecordExists", "NoChange", "CreditLimitExceeded", "ContainsLinesDelivered",
    "NoSubscription", "InvoiceNumberMissing", "ErrorInJournal", "ArgumentMissing",
}  # fmt: skip

# The English texts that answers carry instead of a name, of those that an invoice can meet.
_TEXTS = {
    "insufficient rights": "NoRights",
    "exception": "Exception",
    "invalid object name": "InvalidObject",
    "you are not logged in": "UserNotLoggedIn",
    "block users": "UserIsBlocked",
    "user name and/or password invalid": "UserOrPasswordIsWrong",
    "cannot update record - the record does not exist": "CouldNotLoadOriginal",
    "could not save data": "CouldNotSave",
    "cannot create record": "CouldNotCreate",
    "the record does not exist": "CouldNotFind",
    "account does not exist": "AccountDoesNotExist",
    "account number is not specified": "AccountIsMissing",
    "ledger account is locked": "AccountIsBlocked",
    "account type is not valid": "AccountIsNotPostingAccount",
    "the dimension does not exist": "DimensionDoesNotExist",
    "accounting year does not exist": "FinancePeriodDoesNotExist",
    "general ledger period is not open": "FinancePeriodNotOpen",
    "key must not be empty": "KeyIsEmpty",
    "a key with the name already exists": "KeyExists",
    "the value in field is invalid": "FieldHasinvalidValue",
    "the field value is missing": "FieldCannotBeBlank",
    "field cannot be changed": "FieldCannotBeChangedToNewValue",
    "insufficient rights to delete": "NoRightsToDelete",
    "insufficient rights to save": "NoRightsToUpdate",
    "insufficient rights to create": "NoRightsToInsert",
    "cannot delete record that is referred to": "CouldNotDeleteRecordThatIsReferred",
    "dimension not filled in": "DimensionIsMandatory",
    "account has mandatory vat": "AccountHasMandatoryVat",
    "payment method cannot be empty": "PaymentCannotBeEmpty",
    "could not delete record that has transactions": "CouldNotDeleteRecordThatHasTransactions",
    "the record has been deleted by another user": "RecordIsAlreadyDeleted",
    "the date is not in an open month": "MonthNotOpen",
    "company is deactivated": "CompanyIsDeactivated",
    "category is not specified": "PrCategoryCannotBeBlank",
    "no lines for posting": "NoLinesToUpdate",
    "uniconta is currently not available": "NoInternetHeading",
    "cannot update record": "CannotUpdateRecord",
    "the transaction cannot be deleted": "CannotDeleteRecord",
    "number is already used": "NumberIsUsedBefore",
    "customer is stopped": "DebtorIsStopped",
    "item is on hold": "ItemIsOnHold",
    "uniconta is running at a reduced traffic rate": "SlowDown",
}

_KINDS = {
    Trouble.LATER: {"SlowDown", "ServerIsBusy", "NoInternetHeading"},
    Trouble.LATER_TODAY_NO_MORE: {"ToManyCreatesInOneDay"},
    Trouble.ACCESS: {
        "UserNotLoggedIn", "UserIsBlocked", "UserOrPasswordIsWrong", "UnknownAppIdent", "UserDoesNotExist",
        "NoCompanyId", "CompanyIsDeactivated", "AppIdentBlocked", "NoRightsToRunApp",
    },
    Trouble.RIGHTS: {
        "NoRights", "NoRightsToDelete", "NoRightsToUpdate", "NoRightsToInsert", "NoSubscription", "InvalidObject",
        "InvalidVersion", "VersionNoLongerSupported", "NumberSerieDoesNotExist", "NumberSerieIsBlocked",
        "ArgumentMissing",
    },
    Trouble.TAKEN: {"KeyExists", "RecordExists"},
    Trouble.GONE: {"CouldNotFind", "CouldNotLoadOriginal", "RecordIsAlreadyDeleted", "IdDoesNotExist"},
    Trouble.UNCLEAR: {"NoSucces", "Exception", "SQLException", "CouldNotSave", "SequenceNumberError"},
}  # fmt: skip
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
_BY_LOWER = {name.lower(): name for name in (*_NAMES, *_NEWER)}


def code_named(said: object) -> str | None:
    """The error's name from its number, its name or its English text; ``None`` for anything else."""
    if isinstance(said, int) and not isinstance(said, bool):
        return _NAMES[said] if 0 <= said < len(_NAMES) else None
    if not isinstance(said, str):
        return None
    word = said.strip().rstrip(".").lower()
    return _BY_LOWER.get(word) or _TEXTS.get(word)


def kind_of(name: str) -> Trouble:
    """What follows from the error."""
    return _KIND_OF.get(name, Trouble.RECORD)
