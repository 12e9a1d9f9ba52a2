"""An integration file as the stand-ins' accounts need it, to be changed from there."""

from __future__ import annotations

from typing import Any

__all__ = ["settings"]


def settings(name: str, **changes: Any) -> dict[str, Any]:
    """An integration file's content for e-conomic's standard agreement; ``changes`` replace whole sections."""
    content: dict[str, Any] = {
        "name": name,
        "environment": "demo",
        "source": {"system": "clienttime", "connection": f"{name}_clienttime"},
        "target": {"system": "economic", "connection": f"{name}_economic"},
        "invoicing": {
            "default_debtor_group": 1,
            "days_of_credit": 8,
            "product_with_vat": "1000",
            "product_without_vat": "2000",
            "vat_percentage": 25,
            "layout_from": "target",
            "layout": 19,
            "payment_info": "Bankkonto: 1234 – 0012345678",
            "footer_text": "Tak for samarbejdet",
        },
    }
    for section, values in changes.items():
        content[section] = {**content.get(section, {}), **values} if isinstance(values, dict) else values
    return content
