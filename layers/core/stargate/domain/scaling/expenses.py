"""What a task and a request cost: Fargate's and Bedrock's list prices, in US dollars. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.scaling.service_model import RequestFigures

TASK_VCPUS, TASK_GB = 2, 4  # the specification's LiteLLM task
MILLION = 1e6


def usd_per_task_hour(book: PriceBook, region: str) -> float:
    """MissingPriceError if the region has no price."""
    vcpu, memory = (book.of(f"fargate_{item}_x86_64", region).usd for item in ("vcpu", "gb"))
    return float(TASK_VCPUS * vcpu + TASK_GB * memory)


def usd_per_request(book: PriceBook, region: str, model: str, request: RequestFigures) -> float:
    """Of the tokens that it uses; MissingPriceError if the model has no price."""
    into, out = (float(book.of(f"{model}_{way}", region).usd) for way in ("input", "output"))
    return (into * request.input_tokens + out * request.output_tokens) / MILLION
