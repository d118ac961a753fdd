# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions that know what things cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock

if TYPE_CHECKING:
    from stargate.usecases.costs.refresh_prices import RefreshPrices


def refresh_prices() -> RefreshPrices:
    from stargate.adapters.price_book import StoredPrices
    from stargate.adapters.price_list import AwsPriceList
    from stargate.domain.gateway.presets import PRESETS
    from stargate.usecases.costs.refresh_prices import RefreshPrices

    regions = {place for preset in PRESETS.values() for place in (preset.region, preset.bedrock_region)}
    bucket = settings.read(settings.BucketSettings).gateway_bucket
    return RefreshPrices(AwsPriceList(), StoredPrices(bucket), SystemClock(), sorted(regions))
