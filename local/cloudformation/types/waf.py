"""Web ACLs with capacity and search strings as AWS WAF keeps them, and their association with a balancer."""

from __future__ import annotations

import base64
from typing import Any

from ministack.services import waf
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

# Web ACL capacity units: docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html and
# .../waf-rule-statement-type-rate-based.html (2 each). Anything else counts 1, which is an estimate.
MANAGED = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
}
RATE_BASED = 2
OTHER = 1
SEARCHED = "SearchString"  # text in a template, bytes to whoever calls the API: base64 on the wire


def capacity(rules: list[dict[str, Any]]) -> int:
    return sum(_capacity_of(rule.get("Statement", {})) for rule in rules)


def _capacity_of(statement: dict[str, Any]) -> int:
    managed = statement.get("ManagedRuleGroupStatement")
    if managed is not None:
        return MANAGED.get(managed.get("Name", ""), OTHER)
    return RATE_BASED if "RateBasedStatement" in statement else OTHER


def create_acl(logical_id: str, properties: Properties, stack_name: str) -> Created:
    name, attributes = provisioners._waf_web_acl_create(logical_id, as_kept(properties), stack_name)
    units = capacity(properties.get("Rules", []))
    waf.web_acl_record(attributes["Id"], properties.get("Scope", "REGIONAL"))["Capacity"] = units
    return name, {**attributes, "Capacity": units, "LabelNamespace": f"awswaf:webacl:{name.split('|')[0]}:"}


def update_acl(
    physical_id: str, before: Properties, after: Properties, stack_name: str, logical_id: str | None = None
) -> Created:
    updated: Created = provisioners._waf_web_acl_update(
        physical_id, as_kept(before), as_kept(after), stack_name, logical_id
    )
    return updated


def as_kept(value: Any, name: str = "") -> Any:
    """The same with every search string encoded."""
    if isinstance(value, dict):
        return {key: as_kept(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [as_kept(one) for one in value]
    return base64.b64encode(str(value).encode()).decode() if name == SEARCHED else value


def create_association(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    acl, resource = properties["WebACLArn"], properties["ResourceArn"]
    waf._associations[resource] = acl
    return f"{resource}|{acl}", {}


def delete_association(_name: str, properties: Properties) -> None:
    waf._associations.pop(properties["ResourceArn"], None)


HANDLERS = {
    "AWS::WAFv2::WebACL": {"create": create_acl, "update": update_acl},
    "AWS::WAFv2::WebACLAssociation": {"create": create_association, "delete": delete_association},
}
TAGGED = ("AWS::WAFv2::WebACL",)
