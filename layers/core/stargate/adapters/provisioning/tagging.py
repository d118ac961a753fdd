"""Finds everything that carries an environment's id."""

from __future__ import annotations

from stargate.adapters.aws import client
from stargate.domain.gateway.tags import ID_TAG


class TaggingInventory:
    def tagged(self, region: str, environment_id: str) -> list[str]:
        pages = (
            client("resourcegroupstaggingapi", region)
            .get_paginator("get_resources")
            .paginate(TagFilters=[{"Key": ID_TAG, "Values": [environment_id]}])
        )
        return [found["ResourceARN"] for page in pages for found in page["ResourceTagMappingList"]]
