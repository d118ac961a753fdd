"""Rate limits of a distribution's web ACL: who asks too often is blocked, as AWS WAF does it.

Only rules of rate are played; what AWS's managed groups look for nobody else knows. What a function sends is
not compressed, so neither is the window that its requests are counted in.
"""

from __future__ import annotations

import base64
import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.services import cloudfront, waf

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL_WINDOW = 300


@dataclass(frozen=True)
class Caller:
    """Who asks for what: the address, and headers by their names in lower case."""

    address: str
    path: str
    headers: Mapping[str, str]


_asked: defaultdict[tuple[str, str, str], deque[float]] = defaultdict(deque)
"""When whoever a rule counts asked, by web ACL, rule and key."""


def blocks(domain: str, caller: Caller) -> bool:
    """Count the request for the rules that it concerns, in their order, until one has had enough."""
    acl = _acl_of(domain)
    if acl is None:
        return False
    rules = sorted(acl["Rules"], key=lambda rule: int(rule["Priority"]))
    rated = (rule for rule in rules if "RateBasedStatement" in rule["Statement"])
    return any(_has_enough(acl["ARN"], rule, caller) for rule in rated)


def _acl_of(domain: str) -> Mapping[str, Any] | None:
    for distribution in cloudfront._distributions.values():
        if distribution["DomainName"] == domain:
            arn = re.search("<WebACLId>(.+?)</WebACLId>", distribution["config_xml"])
            if arn:
                found: Mapping[str, Any] | None = waf.web_acl_record(arn[1].rpartition("/")[2], "CLOUDFRONT")
                return found
    return None


def _has_enough(acl: str, rule: Mapping[str, Any], caller: Caller) -> bool:
    statement = rule["Statement"]["RateBasedStatement"]
    scope, key = statement.get("ScopeDownStatement"), _key(statement, caller)
    if key is None or (scope is not None and not _matches(scope, caller)):
        return False
    times, now = _asked[acl, rule["Name"], key], time.monotonic()
    times.append(now)
    while times[0] < now - int(statement.get("EvaluationWindowSec", USUAL_WINDOW)):
        times.popleft()
    return len(times) > int(statement["Limit"])


def _key(statement: Mapping[str, Any], caller: Caller) -> str | None:
    """What is counted together: an address, or several things at once; None where one of them is missing."""
    if statement["AggregateKeyType"] == "IP":
        return caller.address
    values = [_part(key, caller) for key in statement["CustomKeys"]]
    return None if None in values else " ".join(map(str, values))


def _part(key: Mapping[str, Any], caller: Caller) -> str | None:
    """The kinds of key that the gateway's rules count by; KeyError for any other."""
    if "IP" in key:
        return caller.address
    return caller.path if "UriPath" in key else caller.headers.get(key["Header"]["Name"].lower())


def _matches(statement: Mapping[str, Any], caller: Caller) -> bool:
    """The two kinds of statement that the gateway's rules are narrowed by; KeyError for any other."""
    if "NotStatement" in statement:
        return not _matches(statement["NotStatement"]["Statement"], caller)
    match = statement["ByteMatchStatement"]
    if match["PositionalConstraint"] != "STARTS_WITH" or "UriPath" not in match["FieldToMatch"]:
        raise KeyError(f"a rate rule is narrowed by what the local cloud does not play: {match}")
    return caller.path.startswith(base64.b64decode(match["SearchString"]).decode())
