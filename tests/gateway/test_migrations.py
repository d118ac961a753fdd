"""The real LiteLLM, started as the preparing task starts it: as its migrations end, its container ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.judges.litellm_proxy import migrate

if TYPE_CHECKING:
    from pathlib import Path

UNREACHABLE = "Error: P1001: Can't reach database server"


def prisma(folder: Path, *, works: bool) -> Path:
    """In the place of Prisma's own program, whose engines cannot be had here."""
    program = folder / "bin/prisma"
    program.parent.mkdir()
    ending = "echo No pending migrations to apply" if works else f'echo "{UNREACHABLE}" >&2; exit 1'
    program.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/calls"\n[ "$1" = migrate ] || exit 0\n{ending}\n')
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(("works", "code"), [(True, 0), (False, 1)])
def test_the_container_fails_when_its_migrations_do(tmp_path: Path, works: bool, code: int) -> None:  # noqa: FBT001
    """By itself LiteLLM ends well either way, and the step would be taken for done."""
    ended, words = migrate(tmp_path, prisma(tmp_path, works=works))
    assert ended == code, words
    assert (UNREACHABLE in words) is not works
    assert "migrate deploy" in (tmp_path / "calls").read_text().splitlines()
