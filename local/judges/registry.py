"""The real registry of the OCI distribution (Debian's docker-registry), and images to put into it."""

import base64
import hashlib
import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.judges.processes import JudgeError, answers, free_port, running

PROGRAM = "docker-registry"
"""In PATH after `apt-get install docker-registry`."""
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ARCHITECTURES = ("amd64", "arm64")
USER, PASSWORD = "AWS", "a password"
_KNOWN = f"{USER}:$2b$05$Nb47SJL0NNcW3i8Ts4ONiePvm6FAVRtKSsuv3QrKaHS7KyQ1L4u6S\n"
"""The password's bcrypt hash, as htpasswd writes it."""

_CREDENTIALS = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@dataclass(frozen=True)
class Registry:
    host: str

    def publish(self, name: str, tag: str) -> None:
        """An image for two architectures, of one small layer each."""
        manifests = [self._manifest(name, architecture) for architecture in ARCHITECTURES]
        self._put_manifest(name, tag, INDEX, {"manifests": manifests})

    def manifest(self, name: str, reference: str) -> Any:
        """JudgeError where there is none."""
        request = urllib.request.Request(
            f"http://{self.host}/v2/{name}/manifests/{reference}",
            headers={"Accept": f"{INDEX}, {MANIFEST}", "Authorization": f"Basic {_CREDENTIALS}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise JudgeError(f"{name}:{reference}: {refused.read().decode()}") from refused

    def _manifest(self, name: str, architecture: str) -> dict[str, Any]:
        layer = self._put_blob(name, f"{name} for {architecture}".encode())
        config = json.dumps({"architecture": architecture, "os": "linux", "rootfs": {"type": "layers"}})
        document = {
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json"}
            | self._put_blob(name, config.encode()),
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar"} | layer],
        }
        described = self._put_manifest(name, "", MANIFEST, document)
        return {**described, "platform": {"architecture": architecture, "os": "linux"}}

    def _put_blob(self, name: str, content: bytes) -> dict[str, Any]:
        described = {"digest": _digest(content), "size": len(content)}
        begun = urllib.request.Request(f"http://{self.host}/v2/{name}/blobs/uploads/", method="POST")
        with urllib.request.urlopen(begun, timeout=10) as answer:  # noqa: S310
            place = answer.headers["Location"]
        joined = "&" if "?" in place else "?"
        self._put(f"{place}{joined}digest={described['digest']}", "application/octet-stream", content)
        return described

    def _put_manifest(self, name: str, tag: str, kind: str, document: dict[str, Any]) -> dict[str, Any]:
        content = json.dumps({"schemaVersion": 2, "mediaType": kind, **document}).encode()
        described = {"mediaType": kind, "digest": _digest(content), "size": len(content)}
        self._put(f"http://{self.host}/v2/{name}/manifests/{tag or described['digest']}", kind, content)
        return described

    def _put(self, url: str, kind: str, content: bytes) -> None:
        headers = {"Content-Type": kind}
        request = urllib.request.Request(url, content, headers, method="PUT")  # noqa: S310
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@contextmanager
def registry(folder: Path, *, asks_who: bool) -> Iterator[Registry]:
    """Run one in the folder until it answers, for everybody or for who knows the password."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise JudgeError(f"{PROGRAM} is not installed; where apt is: apt-get install {PROGRAM}")
    folder.mkdir()
    port = free_port()
    (folder / "known").write_text(_KNOWN)
    configuration: dict[str, Any] = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(folder / "stored")}},
        "http": {"addr": f"127.0.0.1:{port}"},
        **({"auth": {"htpasswd": {"realm": "registry", "path": str(folder / "known")}}} if asks_who else {}),
    }
    written = folder / "registry.json"
    written.write_text(json.dumps(configuration))
    command = [program, "serve", str(written)]
    with running(PROGRAM, command, folder, {"PATH": os.environ["PATH"]}) as started:
        started.wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), "answering", 20)
        yield Registry(f"127.0.0.1:{port}")
