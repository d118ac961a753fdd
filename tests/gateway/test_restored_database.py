"""A real PostgreSQL judges the SQL that reads a restored database: what is whole passes, what lacks fails."""

from collections.abc import Iterator

import pytest

from local.judges.litellm_proxy import PROJECT
from local.judges.postgresql import PostgreSQL, postgresql
from local.judges.processes import JudgeError
from tests.gateway.test_database import prepare

CHECK = PROJECT / "gateway" / "config" / "database" / "check_restore.sql"
MARKED_AT = "2026-11-28T21:47:17.227Z"
# The tables and columns that the check asks for, as the applications' own migrations make them.
TABLES = """
CREATE TABLE langfuse.traces (id text PRIMARY KEY, timestamp timestamp(3) NOT NULL);
CREATE TABLE litellm."LiteLLM_VerificationToken" (token text PRIMARY KEY);
"""
MARK = """
INSERT INTO langfuse.traces VALUES ('stargate-observer', :'moment')
ON CONFLICT (id) DO UPDATE SET timestamp = excluded.timestamp;
"""


@pytest.fixture(scope="module")
def restored() -> Iterator[PostgreSQL]:
    with postgresql() as server:
        prepare(server)
        server.psql(["--command", TABLES])
        server.psql(["--command", 'CREATE TABLE public."user" (id int)'], database="grafana")
        yield server


def mark(server: PostgreSQL, moment: str) -> None:
    script = server.folder / "mark.sql"
    script.write_text(MARK)
    server.psql(["--variable", f"moment={moment}", "--file", str(script)])


def check(server: PostgreSQL) -> str:
    return server.psql(["--file", str(CHECK)], variables={"MARKED_AT": MARKED_AT})


def test_what_is_whole_passes_with_its_counts(restored: PostgreSQL) -> None:
    """The marked record is there, and each application's table can be read."""
    mark(restored, "2026-11-28 21:47:18")
    said = check(restored)
    assert "marker found: 1" in said
    assert "keys: 0" in said
    assert "traces: 1" in said


def test_a_record_that_is_not_in_it_fails(restored: PostgreSQL) -> None:
    """The backup ends before it was written, or lost it."""
    mark(restored, "2026-11-28 21:47:16")
    with pytest.raises(JudgeError, match="division by zero"):
        check(restored)
    restored.psql(["--command", "DELETE FROM langfuse.traces"])
    with pytest.raises(JudgeError, match="division by zero"):
        check(restored)


def test_a_table_that_is_missing_fails(restored: PostgreSQL) -> None:
    """What an application would miss is missed here."""
    mark(restored, "2026-11-28 21:47:18")
    restored.psql(["--command", 'ALTER TABLE litellm."LiteLLM_VerificationToken" RENAME TO gone'])
    with pytest.raises(JudgeError, match="does not exist"):
        check(restored)
    restored.psql(["--command", 'ALTER TABLE litellm.gone RENAME TO "LiteLLM_VerificationToken"'])
