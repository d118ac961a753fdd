"""Which API the command speaks to, and as whom.

By option or STARGATE_API with the credentials that AWS's own tools would use; otherwise the local cloud
whose description `make up` left in .stargate/local.json.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.credentials import Credentials

from cli.client import ApiClient
from cli.failure import BadInputError, FailedError

LOCAL = Path(".stargate") / "local.json"


class NoApiError(BadInputError):
    """No API is named, and no local cloud runs."""


def connect(api: str | None, region: str | None) -> ApiClient:
    """A client of the API meant by the options, else of the local cloud.

    Raises BadInputError when no API is named or its region cannot be told, FailedError without credentials.
    """
    if api:
        return _on_aws(api, region)
    return _on_the_local_cloud(_description())


def _on_aws(api: str, region: str | None) -> ApiClient:
    if urlsplit(api).scheme not in {"http", "https"} or not urlsplit(api).hostname:
        raise BadInputError(f"{api!r} is no address of an API: give the stack's output ApiUrl")
    session = boto3.Session()
    place = region or _region_of(api) or session.region_name
    if not place:
        raise BadInputError(f"the region of {api} cannot be told from its name: give --api-region")
    credentials = session.get_credentials()
    if credentials is None:
        raise FailedError("no AWS credentials: sign in as for the AWS CLI, or set AWS_PROFILE")
    return ApiClient(api, place, credentials)


def _region_of(api: str) -> str | None:
    """`https://<id>.execute-api.<region>.amazonaws.com/<stage>` names its region."""
    labels = (urlsplit(api).hostname or "").split(".")
    return labels[2] if len(labels) > 3 and labels[1] == "execute-api" else None


def _on_the_local_cloud(description: Path) -> ApiClient:
    try:
        local: dict[str, str] = json.loads(description.read_text(encoding="utf-8"))
        credentials = Credentials(local["access_key_id"], local["secret_access_key"])
        return ApiClient(local["api"], local["region"], credentials)
    except (ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{description} is damaged: `make up` writes it anew") from error


def _description() -> Path:
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / LOCAL).is_file():
            return folder / LOCAL
    raise NoApiError(
        "no API to speak to: give --api or STARGATE_API (the stack's output ApiUrl), or start the local cloud"
        " with `make up`"
    )
