"""A real PostgreSQL judges how the shared database is prepared (version 15 here, 16 in a gateway)."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from local.judges.litellm_proxy import BINARY, PROJECT
from local.judges.postgresql import MASTER, PostgreSQL, postgresql
from local.judges.processes import JudgeError

PREPARE = PROJECT / "gateway" / "config" / "database" / "prepare.sql"
PASSWORDS = {
    "LITELLM_PASSWORD": 'it\'s 100% "hers" \\ $HOME',
    "LANGFUSE_PASSWORD": "of-langfuse",
    "GRAFANA_PASSWORD": "of-grafana",
}


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    """An empty server, prepared once by the gateway's own SQL."""
    with postgresql() as server:
        prepare(server)
        yield server


def prepare(server: PostgreSQL, passwords: Mapping[str, str] = PASSWORDS) -> str:
    return server.psql(["--file", str(PREPARE)], variables=passwords)


def ask(server: PostgreSQL, role: str, statement: str, database: str = "stargate") -> str:
    """One statement as an application's role, with the password that it was given."""
    password = PASSWORDS[f"{role.upper()}_PASSWORD"]
    return server.psql(["--command", statement], user=role, password=password, database=database)


def refused(server: PostgreSQL, role: str, statement: str, database: str = "stargate") -> str:
    """What the server says when it refuses the statement."""
    with pytest.raises(JudgeError) as said:
        ask(server, role, statement, database)
    return str(said.value)


def test_a_master_who_is_no_superuser_can_prepare_everything(database):
    """As on RDS: it may make roles and databases, and what it gave away belongs to the applications."""
    assert ask(database, "litellm", "SELECT rolsuper FROM pg_roles WHERE rolname = 'stargate'") == "f"
    owner = "SELECT nspowner::regrole FROM pg_namespace WHERE nspname = current_schema"
    assert ask(database, "litellm", owner) == "litellm"
    assert ask(database, "langfuse", owner) == "langfuse"
    owner = "SELECT datdba::regrole FROM pg_database WHERE datname = 'grafana'"
    assert ask(database, "grafana", owner, "grafana") == "grafana"


def test_preparing_again_changes_nothing_and_says_nothing(database):
    """A task that ECS starts twice does no harm."""
    everything = (
        "SELECT rolname, rolcanlogin, rolconfig FROM pg_roles ORDER BY 1;"
        "SELECT nspname, nspowner, nspacl FROM pg_namespace ORDER BY 1;"
        "SELECT datname, datdba, datacl FROM pg_database ORDER BY 1;"
        "SELECT * FROM pg_db_role_setting ORDER BY 1, 2;"
    )
    before = database.psql(["--command", everything])
    assert prepare(database) == ""
    assert database.psql(["--command", everything]) == before


def test_a_new_password_holds_from_the_next_preparation_on(database):
    """That is how a secret is rotated: the value changes, the task runs again."""
    prepare(database, {**PASSWORDS, "LANGFUSE_PASSWORD": "a newer one"})
    assert "password authentication failed" in refused(database, "langfuse", "SELECT 1")
    prepare(database)
    assert ask(database, "langfuse", "SELECT current_user") == "langfuse"


def test_an_application_works_in_its_own_schema_without_naming_it(database):
    """LiteLLM's and Langfuse's migrations name none."""
    for role in ("litellm", "langfuse"):
        ask(database, role, "CREATE TABLE mine (secret text); INSERT INTO mine VALUES ('x')")
        assert (
            ask(
                database,
                role,
                "SELECT schemaname FROM pg_tables WHERE tablename = 'mine' AND tableowner = current_user",
            )
            == role
        )


def test_one_application_cannot_read_what_another_keeps(database):
    """Prompts are Langfuse's, keys are LiteLLM's, and Grafana has nothing to do with either."""
    ask(database, "litellm", "CREATE TABLE IF NOT EXISTS keys (value text)")
    ask(database, "langfuse", "CREATE TABLE IF NOT EXISTS prompts (value text)")
    assert "permission denied for schema langfuse" in refused(
        database, "litellm", "SELECT * FROM langfuse.prompts"
    )
    assert "permission denied for schema litellm" in refused(
        database, "langfuse", "SELECT * FROM litellm.keys"
    )
    assert "permission denied for database" in refused(database, "grafana", "SELECT 1")
    assert "permission denied for database" in refused(database, "litellm", "SELECT 1", "grafana")


def test_no_application_can_write_where_all_can_read(database):
    """The schema public is closed: nobody leaves something there that another would run."""
    for role in ("litellm", "langfuse"):
        assert "permission denied for schema public" in refused(
            database, role, "CREATE TABLE public.trap (x int)"
        )


def test_no_application_can_become_another_or_the_master(database):
    """Membership goes one way: the master may act as them."""
    for role in ("litellm", "langfuse"):
        assert "permission denied" in refused(database, role, f"SET ROLE {MASTER}")
        assert "permission denied" in refused(database, role, "SET ROLE grafana")
        assert "permission denied" in refused(database, role, "CREATE ROLE another")


def test_an_unencrypted_connection_is_not_what_an_application_makes(database):
    """The preparing task asks for encryption, and got it."""
    assert ask(database, "litellm", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t"


def test_litellms_own_migrations_pass_under_its_role(database):
    """Every one of the pinned release, in its order, in its schema; Prisma's engine cannot be had here."""
    files = migrations()
    assert len(files) > 150
    ask_all(database, files)
    tables = ask(
        database,
        "litellm",
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'litellm' AND tablename LIKE 'LiteLLM_%'",
    )
    assert int(tables) > 40
    assert ask(database, "litellm", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == "0"
    ask(
        database, "litellm", """INSERT INTO "LiteLLM_VerificationToken" (token, spend) VALUES ('hashed', 0)"""
    )
    assert "permission denied" in refused(
        database, "langfuse", """SELECT * FROM litellm."LiteLLM_VerificationToken" """
    )


def migrations() -> list[Path]:
    (folder,) = (BINARY.parents[1] / "lib").glob("python3.*/site-packages/litellm_proxy_extras/migrations")
    return sorted(folder.glob("*/migration.sql"))


def ask_all(server: PostgreSQL, files: list[Path]) -> None:
    arguments = [word for file in files for word in ("--file", str(file))]
    server.psql(
        ["--quiet", "--set", "ON_ERROR_STOP=1", *arguments],
        user="litellm",
        password=PASSWORDS["LITELLM_PASSWORD"],
    )
