"""The task that mirrors images: its own command, run by the real skopeo between two real registries."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from local.judges.processes import JudgeError
from local.judges.registry import ARCHITECTURES, PASSWORD, Registry, registry
from tests.template.gateway_templates import containers, mirrored_images

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGES = mirrored_images()  # name in the mirror → published name
REPOSITORY = "stargate-sandbox"


@dataclass(frozen=True)
class Mirror:
    """A registry that images come from, one that asks who it is, and the task's container between them."""

    folder: Path
    published: Registry
    own: Registry

    def copy(self, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
        (self.folder / "password").write_text(password)
        pins = [f"{name}={self.published.host}/{_path(image)}" for name, image in IMAGES.items()]
        environment = {
            "PATH": f"{self._skopeo_over_http()}:{os.environ['PATH']}",
            "PINS": " ".join(pins),
            "REPOSITORY": f"{self.own.host}/{REPOSITORY}",
            "REGISTRY_AUTH_FILE": str(self.folder / "auth.json"),
        }
        container = containers("images")["copy"]
        (command,) = container["Command"]
        command = command.replace("/login/password", str(self.folder / "password"))
        return subprocess.run(
            [*container["EntryPoint"], command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def _skopeo_over_http(self) -> Path:
        """A folder with a skopeo that does without TLS: these registries listen on loopback only."""
        program = shutil.which("skopeo")
        if program is None:
            raise JudgeError("skopeo is not installed; where apt is: apt-get install skopeo")
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        verify = {"login": "--tls-verify", "inspect": "--tls-verify"}
        cases = "".join(f'{name}) exec {program} "$@" {flag}=false ;;\n' for name, flag in verify.items())
        copies = f'copy) exec {program} "$@" --src-tls-verify=false --dest-tls-verify=false ;;\n'
        (folder / "skopeo").write_text(f'#!/bin/sh\ncase "$1" in\n{cases}{copies}esac\n')
        (folder / "skopeo").chmod(0o755)
        return folder


def _path(image: str) -> str:
    """Without its host."""
    return image.partition("/")[2]


def tag_of(name: str) -> str:
    return f"{name}-{IMAGES[name].rpartition(':')[2]}"


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    with (
        registry(tmp_path / "published", asks_who=False) as published,
        registry(tmp_path / "own", asks_who=True) as own,
    ):
        for image in IMAGES.values():
            published.publish(*_path(image).split(":"))
        yield Mirror(tmp_path, published, own)


def test_every_image_is_copied_as_it_is(mirror: Mirror) -> None:
    """Every architecture with its digest, under the tag that the other stacks are told; then nothing more."""
    copied = mirror.copy()
    assert copied.returncode == 0, copied.stderr
    for name, image in IMAGES.items():
        original = mirror.published.manifest(*_path(image).split(":"))
        copy = mirror.own.manifest(REPOSITORY, tag_of(name))
        assert copy == original
        assert [one["platform"]["architecture"] for one in copy["manifests"]] == list(ARCHITECTURES)
        for one in copy["manifests"]:
            mirror.own.manifest(REPOSITORY, one["digest"])
    again = mirror.copy()
    assert again.stdout.splitlines()[1:] == [
        f"{mirror.own.host}/{REPOSITORY}:{tag_of(name)} is there" for name in IMAGES
    ]


def test_what_cannot_be_copied_ends_the_task_with_the_registrys_words(mirror: Mirror) -> None:
    """An image that is not there: the others before it are, and a second run goes on from there."""
    names = list(IMAGES)
    shutil.rmtree(
        mirror.folder
        / "published/stored/docker/registry/v2/repositories"
        / _path(IMAGES[names[2]]).split(":")[0]
    )
    failed = mirror.copy()
    assert failed.returncode != 0
    assert "manifest unknown" in failed.stderr
    assert "becomes" in failed.stdout.splitlines()[-1]
    assert mirror.own.manifest(REPOSITORY, tag_of(names[1]))
    with pytest.raises(JudgeError, match="manifest unknown"):
        mirror.own.manifest(REPOSITORY, tag_of(names[2]))
    mirror.published.publish(*_path(IMAGES[names[2]]).split(":"))
    assert mirror.copy().returncode == 0


def test_who_does_not_know_the_password_copies_nothing(mirror: Mirror) -> None:
    """The registry refuses the login, and the task ends with that."""
    refused = mirror.copy("another password")
    assert refused.returncode != 0
    assert "invalid username/password" in refused.stderr
    assert refused.stdout == ""
