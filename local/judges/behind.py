"""Put the real LiteLLM and VictoriaMetrics behind an environment of the local cloud: `make real-gateway`.

The proxy gets the master key that the environment's CloudFormation generated; a stand-in answers for models.
"""

import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from botocore.credentials import Credentials

from cli.client import ApiClient
from local.demo.connection import Connection, read
from local.judges.litellm_proxy import litellm, stand_in
from local.judges.processes import JudgeError
from local.judges.victoria_metrics import victoria_metrics


@contextmanager
def behind(connection: Connection, name: str, folder: Path) -> Iterator[str]:
    """The two processes in the place of its tasks, until the end; the environment's master key is given."""
    secret = f"stargate-{name}/litellm-master-key"
    key = connection.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    with ExitStack() as stack:
        outside = stack.enter_context(stand_in(folder))
        proxy = stack.enter_context(litellm(folder, outside.url, master_key=key))
        metrics = stack.enter_context(victoria_metrics(folder, proxy))
        for service, process in (("litellm", proxy), ("victoria-metrics", metrics.listening)):
            order = {"environment": name, "service": service}
            connection.control("POST", "/serve", {**order, "url": process.url})
            stack.callback(connection.control, "POST", "/serve", {**order, "url": None})
        yield key


def main(name: str) -> int:
    connection = read()
    keys = Credentials(connection.access_key_id, connection.secret_access_key)
    told = ApiClient(connection.api, connection.region, keys).get(f"/environments/{name}")
    if told.status != 200 or "GatewayUrl" not in told.document["outputs"]:
        print(f"{name} has no front door yet: `stargate env show {name}`", file=sys.stderr)
        return 1
    domain = urlsplit(told.document["outputs"]["GatewayUrl"]).hostname
    with tempfile.TemporaryDirectory() as folder, behind(connection, name, Path(folder)) as key:
        print(
            f"The real LiteLLM answers behind {name}'s front door, and the real VictoriaMetrics inside. Ask:"
        )
        print(f"curl {connection.endpoint}/v1/models -H 'Host: {domain}' -H 'Authorization: Bearer {key}'")
        print("Ctrl-C takes them away again.", flush=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            signal.pause()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (JudgeError, FileNotFoundError) as error:
        sys.exit(str(error))
