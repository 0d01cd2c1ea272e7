"""Milvus Lite as a process on 127.0.0.1, which ends by itself after a while; to be killed, stopped
in the middle of a request, and started again over the same data.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIFETIME_SECONDS = 1_200
_START_SECONDS = 60

_PROGRAM = """
import os, signal, sys
signal.alarm(int(sys.argv.pop(1)))
version = sys.argv.pop(1)
if version:
    from pymilvus.grpc_gen import milvus_pb2
    from milvus_lite.adapter.grpc import servicer
    answer = milvus_pb2.GetVersionResponse(version=version)
    for kind in vars(servicer).values():
        if isinstance(kind, type) and "GetVersion" in vars(kind):
            kind.GetVersion = lambda self, request, context: answer
from milvus_lite.cmdline import main
main(sys.argv[1:])
"""


class MilvusServer:
    """``uri`` is its address, which it keeps; ``version`` is what it says of itself, if not its
    own.
    """

    def __init__(self, data: Path, *, version: str = "", lifetime: int = LIFETIME_SECONDS) -> None:
        self._data = data
        self._version = version
        self._lifetime = lifetime
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.uri = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it takes connections."""
        options = [
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            str(self._port),
            "--data-dir",
            str(self._data),
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(self._lifetime), self._version, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=1):
                    return
            except OSError:
                assert self._process.poll() is None, "Milvus Lite ended"
                assert time.monotonic() < end, "Milvus Lite does not answer"
                time.sleep(0.1)

    def kill(self) -> None:
        """Ends it at once, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Inside, it takes connections and answers nothing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)


@contextmanager
def milvus_server(
    data: Path, *, version: str = "", lifetime: int = LIFETIME_SECONDS
) -> Iterator[MilvusServer]:
    """One that runs inside the block, unless the block ends it."""
    server = MilvusServer(data, version=version, lifetime=lifetime)
    server.start()
    try:
        yield server
    finally:
        server.kill()
