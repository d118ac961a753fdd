"""What a budget may be here, and which charges count for it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from local.services.billing.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.services.billing.book import Charge

Document = dict[str, Any]
TAGS, SERVICES = "TagKeyValue", "Service"
FILTERS = (TAGS, SERVICES)
KINDS = ("ACTUAL", "FORECASTED")
LEFT_OUT = {
    "IncludeCredit": "Credit",
    "IncludeTax": "Tax",
    "IncludeRefund": "Refund",
    "IncludeSupport": "Support",
}


def check(budget: Document, notices: list[Document]) -> None:
    """InvalidParameterException with all that is wrong, or not known here."""
    faults = [*_faults(budget), *(fault for one in notices for fault in _faults_of(one["Notification"]))]
    if faults:
        raise Refusal("InvalidParameterException", "; ".join(faults))


def _faults(budget: Document) -> Iterator[str]:
    if not budget.get("BudgetName"):
        yield "BudgetName is missing"
    if budget.get("BudgetType") != "COST":
        yield f"BudgetType {budget.get('BudgetType')} is not known here; there is COST"
    if budget.get("TimeUnit") != "MONTHLY":
        yield f"TimeUnit {budget.get('TimeUnit')} is not known here; there is MONTHLY"
    if not _is_positive(budget.get("BudgetLimit", {}).get("Amount")):
        yield "BudgetLimit must be an amount greater than 0"
    for name in budget.get("CostFilters", {}):
        if name not in FILTERS:
            yield f"CostFilters {name} is not known here; there are {', '.join(FILTERS)}"


def _faults_of(notification: Document) -> Iterator[str]:
    if notification.get("NotificationType") not in KINDS:
        yield f"NotificationType must be one of {', '.join(KINDS)}"
    if notification.get("ComparisonOperator") != "GREATER_THAN":
        yield "ComparisonOperator must be GREATER_THAN here"
    if not _is_positive(notification.get("Threshold")):
        yield "Threshold must be greater than 0"


def _is_positive(value: Any) -> bool:
    try:
        return Decimal(str(value)) > 0
    except InvalidOperation:
        return False


def fits(budget: Document, charge: Charge, *, tagged: bool) -> bool:
    """`tagged`: whether bills know tags; else nothing has one."""
    types = budget.get("CostTypes", {})
    if any(charge.record_type == kind and not types.get(name, True) for name, kind in LEFT_OUT.items()):
        return False
    filters = budget.get("CostFilters", {})
    if SERVICES in filters and charge.service not in filters[SERVICES]:
        return False
    own = {f"user:{key}${value}" for key, value in charge.tags} if tagged else set()
    return TAGS not in filters or bool(own & set(filters[TAGS]))


def money(amount: Decimal) -> str:
    return f"${amount:,.2f}"
