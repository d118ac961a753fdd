"""The real LiteLLM and its database: who migrates, how that ends, and with what pool it would connect.

Prisma's engines cannot be had here. In the place of its program stands one that writes down what LiteLLM
asks of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from local.judges.litellm_proxy import migrate, stand_in, starting
from tests.gateway.patience import eventually

if TYPE_CHECKING:
    from pathlib import Path

UNREACHABLE = "Error: P1001: Can't reach database server"


def prisma(folder: Path, *, works: bool = True) -> Path:
    program = folder / "bin/prisma"
    program.parent.mkdir()
    ending = "echo No pending migrations to apply" if works else f'echo "{UNREACHABLE}" >&2; exit 1'
    lines = [
        "#!/bin/sh",
        f'echo "$*" >> "{folder}/asked"',
        f'echo "$DATABASE_URL" > "{folder}/url"',
        '[ "$1" = migrate ] || exit 0',
        ending,
    ]
    program.write_text("\n".join(lines) + "\n")
    program.chmod(0o755)
    return program


def asked(folder: Path) -> list[str]:
    """The two words of each order that concern the database, in turn."""
    orders = (folder / "asked").read_text().splitlines() if (folder / "asked").exists() else []
    return [" ".join(order.split()[:2]) for order in orders if order.startswith(("migrate", "db"))]


@pytest.mark.parametrize(("works", "code"), [(True, 0), (False, 1)])
def test_the_container_fails_when_its_migrations_do(tmp_path: Path, works: bool, code: int) -> None:  # noqa: FBT001
    """By itself LiteLLM ends well either way, and the step would be taken for done."""
    ended, words = migrate(tmp_path, prisma(tmp_path, works=works))
    assert ended == code, words
    assert (UNREACHABLE in words) is not works
    assert set(asked(tmp_path)) == {"migrate deploy"}


def test_a_service_changes_no_schema_and_connects_with_the_pool_of_its_configuration(tmp_path: Path) -> None:
    """Which it reads from S3, and there from a variable: in time, and into its own schema."""
    with stand_in(tmp_path) as outside, starting(tmp_path, outside.url, prisma(tmp_path)) as program:
        assert eventually(lambda: asked(tmp_path) != [], 90), program.last_words()
    assert asked(tmp_path) == ["migrate diff"]
    url = urlsplit((tmp_path / "url").read_text().strip())
    assert (url.username, url.path) == ("litellm", "/stargate")
    told = parse_qs(url.query)
    assert (told["schema"], told["connection_limit"]) == (["litellm"], ["10"])
