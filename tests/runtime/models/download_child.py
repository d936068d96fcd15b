"""The processes that `test_download_kill.py` kills: downloads with the real client.

Imports once, then forks for each line of standard input: `{"endpoint": …, "folder": …, "sha256": …, "size": …, "kill":
SECONDS or null, "patient": true for where nothing is wrong}`. Says on standard output, one JSON object a line, how that
process ended: `{"status": …, "code": …}`, by itself (`code` "" if all went well) or killed (`status` negative).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.runtime.jobs import CancelToken
from app.runtime.models.connections import Connections
from app.runtime.models.download import Downloader, _library
from app.runtime.models.records import RemoteFile
from app.runtime.models.sources import Source
from tests.runtime.models.download_kit import LARGE, QUICK, REPOSITORY, SMALL


def fetch(order: dict[str, Any]) -> str:
    """The code it ended with."""
    folder = Path(order["folder"])
    wanted = [RemoteFile(SMALL), RemoteFile(LARGE, order["size"], order["sha256"])]
    patience = replace(QUICK, connect=20.0, stall=20.0) if order.get("patient") else QUICK
    downloader = Downloader(Connections(folder.parent / "connections.jsonl"), patience=patience)
    source = Source("test hub", order["endpoint"])
    try:
        downloader.fetch(REPOSITORY, "main", wanted, folder, source, lambda _one: None, CancelToken())
    except AppError as error:
        return error.code
    return ""


def main() -> None:
    _library()
    import app.runtime.models.door
    import app.runtime.models.fetching  # noqa: F401 - what a download imports, before the forks

    assert threading.active_count() == 1
    os.fsync = lambda _descriptor: None  # what a kill leaves is in the system's memory
    for line in sys.stdin:
        order = json.loads(line)
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            try:
                os.write(write, fetch(order).encode() or b"-")
            finally:
                os._exit(0)
        os.close(write)
        if order["kill"] is not None:
            time.sleep(order["kill"])
            os.kill(pid, signal.SIGKILL)  # it may have ended, but its number is ours until we wait for it
        _, status = os.waitpid(pid, 0)
        with os.fdopen(read, "rb") as pipe:
            code = pipe.read().decode()
        ended = {"status": os.waitstatus_to_exitcode(status), "code": "" if code == "-" else code}
        os.write(1, f"{json.dumps(ended)}\n".encode())


if __name__ == "__main__":
    main()
