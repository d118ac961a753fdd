"""What a gateway answers to whoever comes from outside without a key, and what it ought to."""

from __future__ import annotations

from dataclasses import dataclass

from stargate.domain.environment import Check

SECONDS = 5.0  # what a person still waits for a page, through CloudFront and the balancer


@dataclass(frozen=True)
class Page:
    subject: str
    path: str
    status: int  # asked of it
    leads_to: str = ""  # where a redirect must lead, whichever host it names


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where none came, and `words` say why; `seconds` are from asking to the first byte."""

    status: int
    seconds: float
    location: str = ""
    words: str = ""


# The specification's validation after deployment, as far as it needs no login.
PAGES = (
    Page("litellm", "/health/liveliness", 200),
    Page("keys", "/v1/models", 401),  # nobody is served without a key
    Page("grafana", "/grafana/login", 200),
    Page("langfuse", "/langfuse", 302, "/"),
    Page("traces", "/api/public/health", 200),
)


def check_page(page: Page, answer: Answer) -> Check:
    found = f"{answer.status}" if answer.status else answer.words
    to = f" to {page.leads_to}" if page.leads_to else ""
    leads = f" to {answer.location}" if answer.location else ""
    arrives = not page.leads_to or _path(answer.location) == page.leads_to
    return Check(
        f"front door {page.subject}",
        answer.status == page.status and arrives and answer.seconds <= SECONDS,
        f"{page.path}: {found}{leads} after {answer.seconds:.2f} s",
        f"{page.status}{to} within {SECONDS:g} s",
    )


def _path(location: str) -> str:
    """Of an address with or without a host: `https://d1.cloudfront.net:443/?` leads to `/`."""
    after_host = location.split("://", 1)[-1]
    path = after_host[after_host.find("/") :] if "/" in after_host else "/"
    return path.split("?", 1)[0]
