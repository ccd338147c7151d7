"""A PostgreSQL of one test run: an empty server on a free loopback port, which loses nothing but what a power cut would take."""
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.brokers import free_port, need
from tests.interpreters import ROOT

_POSTGRES = ROOT / ".cache/postgres"
_AS_NOBODYS_DATA = ("fsync=off", "listen_addresses=127.0.0.1")


class Postgres:
    """`with Postgres() as server`: `server.url(name)` is that of a new, empty place."""

    def __init__(self):
        need(_POSTGRES, "PostgreSQL")
        self._programs = _POSTGRES.resolve().parent
        self._port = free_port()

    def __enter__(self) -> "Postgres":
        # Not below the folders of pytest: these are closed to whom it runs as.
        self._folder = Path(tempfile.mkdtemp(prefix="backstop-postgres-"))
        if os.getuid() == 0:  # it refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "console", "-N", "--no-instructions")
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        settings = " ".join(f"-c {each}" for each in (*_AS_NOBODYS_DATA, f"port={self._port}", f"unix_socket_directories={self._folder}"))
        self._run("pg_ctl", "-D", self._data, "-w", "-l", f"{self._folder}/log", "-o", settings, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def url(self, name: str) -> str:
        """A place of its own for a test."""
        address = f"postgresql://console@127.0.0.1:{self._port}/postgres"
        with psycopg.connect(address) as connection:
            connection.execute(f"CREATE SCHEMA {name}")  # as good as a database, and made at once
        return f"{address}?options=-csearch_path%3D{name}"

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"

    def _run(self, program: str, *words: str) -> None:
        who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        command = [str(self._programs / program), *words]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", **who)
        assert done.returncode == 0, done.stderr
