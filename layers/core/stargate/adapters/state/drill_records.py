"""The raw record of a drill in S3, each probe and each marker, and its page for people beside it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from stargate.adapters.aws import client, signing_client
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
            "scrapes_seen": list(watched.scrapes_seen),
            "scrapes_found": list(watched.scrapes_found),
        }
        self._put(_key(environment_id, drill_id), json.dumps(document), "application/json")

    def put_page(self, environment_id: str, drill_id: str, page: str) -> None:
        self._put(_key(environment_id, drill_id, "html"), page, "text/html; charset=utf-8")

    def digest(self, environment_id: str, drill_id: str) -> str:
        return hashlib.sha256(self._body(environment_id, drill_id)).hexdigest()

    def links(self, environment_id: str, drill_id: str, seconds: int) -> dict[str, str]:
        kinds = {"record": "json", "page": "html"}
        return {
            name: self._link(_key(environment_id, drill_id, kind), seconds) for name, kind in kinds.items()
        }

    def get(self, environment_id: str, drill_id: str) -> Watched:
        document = json.loads(self._body(environment_id, drill_id))
        return Watched(
            tuple(probe_of(one) for one in document["probes"]),
            tuple((float(at), str(name)) for at, name in document["acknowledged"]),
            frozenset(document["found"]),
            tuple(document["assumptions"]),
            tuple(document["scrapes_seen"]),
            tuple(document["scrapes_found"]),
        )

    def _put(self, key: str, text: str, content_type: str) -> None:
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=text.encode(), ContentType=content_type)

    def _body(self, environment_id: str, drill_id: str) -> bytes:
        answer = client("s3").get_object(Bucket=self.bucket, Key=_key(environment_id, drill_id))
        body: bytes = answer["Body"].read()
        return body

    def _link(self, key: str, seconds: int) -> str:
        asked = {"Bucket": self.bucket, "Key": key}
        return str(signing_client("s3").generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))


def _key(environment_id: str, drill_id: str, ending: str = "json") -> str:
    return f"drills/{environment_id}/{drill_id}.{ending}"
