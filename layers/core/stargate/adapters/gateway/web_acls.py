"""Rules of web ACLs, in the words of a template: it and AWS WAF differ in how they write a search string."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import named, refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SEARCHED = "SearchString"
# An update sets all of these, and takes away what it does not name.
KEPT = (
    "DefaultAction",
    "Description",
    "VisibilityConfig",
    "DataProtectionConfig",
    "CustomResponseBodies",
    "CaptchaConfig",
    "ChallengeConfig",
    "TokenDomains",
    "AssociationConfig",
    "OnSourceDDoSProtectionConfig",
    "ApplicationConfig",
)


def rules_of_web_acl(region: str, name: str, acl_id: str, scope: str) -> list[Any] | None:
    answer = _get(region, name, acl_id, scope)
    return None if answer is None else [_told(rule) for rule in answer["WebACL"]["Rules"]]


def put_rules(region: str, name: str, acl_id: str, scope: str, rules: Sequence[Mapping[str, Any]]) -> None:
    """The rest of it stays as it is."""
    with refused("UpdateWebACL"):
        answer = client("wafv2", region).get_web_acl(Name=name, Id=acl_id, Scope=scope)
        present = answer["WebACL"]
        kept = {key: present[key] for key in KEPT if present.get(key)}
        client("wafv2", region).update_web_acl(
            Name=name,
            Id=acl_id,
            Scope=scope,
            LockToken=answer["LockToken"],
            Rules=[_written(rule) for rule in rules],
            **kept,
        )


def _get(region: str, name: str, acl_id: str, scope: str) -> Any:
    try:
        with named("GetWebACL"):
            return client("wafv2", region).get_web_acl(Name=name, Id=acl_id, Scope=scope)
    except ClientError as error:
        if code_of(error) == "WAFNonexistentItemException":
            return None
        raise


def _told(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _told(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_told(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value


def _written(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _written(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    return value.encode() if name == SEARCHED else value
