"""A real PostgreSQL server of this machine (Debian's package), made for one test and thrown away.

As on RDS the master is no superuser (it may create roles and databases), the password is asked for and the
connection is encrypted. Debian 12 has version 15, the gateway 16.
"""

import os
import pwd
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local.judges.processes import ENDS_WITH_US, JudgeError, free_port, running

MASTER, MASTER_PASSWORD, DATABASE = "stargate", "master-of-all", "stargate"
_SUPERUSER, _SUPERUSER_PASSWORD = "rdsadmin", "of-nobody"
_VERSIONS = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class PostgreSQL:
    port: int
    folder: Path

    @contextmanager
    def down(self) -> Iterator[None]:
        """Take it down as a power cut does, and bring it back with the same data."""
        self._control("stop", "--mode=immediate")
        try:
            yield
        finally:
            self._control(
                "start", "--log=again.log", f"--options={' '.join(_options(self.folder, self.port))}"
            )

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let it keep its connections, take new ones, and answer none."""
        leader = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.killpg(leader, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(leader, signal.SIGCONT)

    def gone(self) -> None:
        """Stop it however it was started."""
        with suppress(JudgeError):
            self._control("stop", "--mode=immediate")

    def _control(self, what: str, *options: str) -> None:
        program = str(_binaries() / "pg_ctl")
        _run(*_owner().acting, program, what, "--pgdata=data", "--wait", *options, folder=self.folder)

    def psql(
        self,
        arguments: Sequence[str],
        *,
        user: str = MASTER,
        password: str = MASTER_PASSWORD,
        database: str = DATABASE,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Run psql as the preparing task does; its bare output, or JudgeError with what it said."""
        environment = {
            "PATH": os.environ["PATH"],
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGSSLMODE": "require",
            "PGCONNECT_TIMEOUT": "10",
            "PGUSER": user,
            "PGPASSWORD": password,
            "PGDATABASE": database,
            **(variables or {}),
        }
        command = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", *arguments]
        ran = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        if ran.returncode != 0:
            raise JudgeError(ran.stderr.strip())
        return ran.stdout.strip()


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Run an empty server in its own folder, with a master and a database as CloudFormation makes them."""
    owner = _owner()
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        folder = Path(name)
        _prepare(folder, owner)
        server = PostgreSQL(free_port(), folder)
        command = [*owner.acting, str(_binaries() / "postgres"), "-D", "data", *_options(folder, server.port)]
        with running("postgresql", command, folder, {"PATH": os.environ["PATH"]}) as program:
            program.wait_until(lambda: _is_ready(server), "ready", 30)
            _make_master(server)
            try:
                yield server
            finally:
                server.gone()


@dataclass(frozen=True)
class _Owner:
    """Who runs the server: PostgreSQL refuses to be root."""

    uid: int
    gid: int
    acting: tuple[str, ...]


def _owner() -> _Owner:
    if os.geteuid() != 0:
        return _Owner(os.getuid(), os.getgid(), ())
    packaged = pwd.getpwnam("postgres")
    ids = (f"--reuid={packaged.pw_uid}", f"--regid={packaged.pw_gid}", "--clear-groups")
    # A change of user forgets that the program should end with us, so it is said again.
    return _Owner(packaged.pw_uid, packaged.pw_gid, (*ENDS_WITH_US, *ids))


def _binaries() -> Path:
    installed = sorted(_VERSIONS.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if not installed:
        raise JudgeError("PostgreSQL's server is not installed; where apt is: apt-get install postgresql")
    return installed[-1]


def _prepare(folder: Path, owner: _Owner) -> None:
    """Files of the server: its data, a password for who makes the master, a certificate of its own."""
    (folder / "password").write_text(_SUPERUSER_PASSWORD)
    _run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", "server.key", "-out", "server.crt", folder=folder)  # fmt: skip
    for path in (folder, *folder.iterdir()):
        os.chown(path, owner.uid, owner.gid)
    _run(*owner.acting, str(_binaries() / "initdb"), "--pgdata=data", "--auth=scram-sha-256", "--no-sync",
         f"--username={_SUPERUSER}", "--pwfile=password", "--locale=C.UTF-8", folder=folder)  # fmt: skip


def _run(*command: str, folder: Path) -> None:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    if ran.returncode != 0:
        raise JudgeError(f"{command[0]}: {ran.stderr.strip()}")


def _options(folder: Path, port: int) -> list[str]:
    options = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": str(folder / "server.crt"),
        "ssl_key_file": str(folder / "server.key"),
    }
    return [f"--{name}={value}" for name, value in options.items()]


def _is_ready(server: PostgreSQL) -> bool:
    try:
        return _as_superuser(server, "SELECT 1") == "1"
    except JudgeError:
        return False


def _make_master(server: PostgreSQL) -> None:
    _as_superuser(server, f"CREATE ROLE {MASTER} LOGIN CREATEROLE CREATEDB PASSWORD '{MASTER_PASSWORD}'")
    _as_superuser(server, f"CREATE DATABASE {DATABASE} OWNER {MASTER}")


def _as_superuser(server: PostgreSQL, statement: str) -> str:
    return server.psql(
        ["--command", statement], user=_SUPERUSER, password=_SUPERUSER_PASSWORD, database="postgres"
    )
