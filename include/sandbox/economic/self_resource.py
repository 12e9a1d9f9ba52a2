"""/self (contract 3.14)."""

from __future__ import annotations

from sandbox.economic.call import Call
from sandbox.economic.rights import ROLE_NUMBERS
from sandbox.economic.routing import Route
from sandbox.standin.reply import Reply


def get_self(call: Call) -> Reply:
    """GET /self: the agreement, its company, base currency and modules."""
    agreement = call.agreement
    profile = agreement.profile
    links = call.links
    roles = [{"roleNumber": ROLE_NUMBERS[name], "name": name} for name in profile["roles"]]
    return Reply.json(
        200,
        {
            "agreementNumber": agreement.number,
            "agreementType": {"agreementTypeNumber": 1, "name": "denmark"},
            "userName": "API",
            "signupDate": profile["signupDate"],
            "user": {
                "loginId": "API",
                "email": profile["company"]["email"],
                "name": "Bogholderiet",
                "language": {
                    "languageNumber": 1,
                    "name": "Danish",
                    "culture": "da-DK",
                    "self": links.to("languages/1"),
                },
                "agreementNumber": agreement.number,
            },
            "company": profile["company"],
            "bankInformation": {
                "bankName": "Sandkassen Bank",
                "bankSortCode": "1234",
                "bankAccountNumber": "1234567890",
                "pbsCustomerGroupNumber": "1",
            },
            "application": {
                "appNumber": 1,
                "name": "Sandbox app",
                "appPublicToken": "",
                "created": profile["signupDate"],
                "requiredRoles": roles,
                "self": links.to("apps/1"),
            },
            "settings": {"baseCurrency": agreement.base_currency},
            "companyAffiliation": "e-conomic",
            "canSendElectronicInvoice": True,
            "modules": [
                module | {"self": links.to("modules/agreement", module["moduleNumber"])}
                for module in profile["modules"]
            ],
            "self": links.to("self"),
        },
    )


ROUTES = (Route("GET", "/self", get_self),)
