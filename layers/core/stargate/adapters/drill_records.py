"""The raw record of a drill in S3: each probe, and the markers that were written and read."""

from __future__ import annotations

import json
from dataclasses import dataclass

from stargate.adapters.aws import client
from stargate.domain.drills.drill import Watched
from stargate.domain.drills.probes import probe_of


@dataclass(frozen=True)
class S3DrillRecords:
    bucket: str

    def put(self, environment_id: str, drill_id: str, watched: Watched) -> None:
        document = {
            "probes": [probe.document() for probe in watched.probes],
            "acknowledged": [list(one) for one in watched.acknowledged],
            "found": sorted(watched.found),
            "assumptions": list(watched.assumptions),
        }
        body = json.dumps(document).encode()
        key = _key(environment_id, drill_id)
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")

    def get(self, environment_id: str, drill_id: str) -> Watched:
        answer = client("s3").get_object(Bucket=self.bucket, Key=_key(environment_id, drill_id))
        document = json.loads(answer["Body"].read())
        return Watched(
            tuple(probe_of(one) for one in document["probes"]),
            tuple((float(at), str(name)) for at, name in document["acknowledged"]),
            frozenset(document["found"]),
            tuple(document["assumptions"]),
        )


def _key(environment_id: str, drill_id: str) -> str:
    return f"drills/{environment_id}/{drill_id}.json"
