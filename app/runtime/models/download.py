"""`Downloader`: files of a hub repository into a folder, through huggingface_hub's own client.

`get_session`, `hf_hub_url`, `get_hf_file_metadata` and `HfApi` are the hub's; what they send goes through `door.Door`.
`hf_hub_download` is not used: version 2 drops what it has when a connection breaks, and never shows the headers
by which a wrong answer is known before it is written.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from app.errors import AppError, Fixable
from app.runtime.jobs import CancelToken
from app.runtime.models.attempts import Attempts, Patience
from app.runtime.models.background import Background
from app.runtime.models.connections import Connections, Purpose
from app.runtime.models.faults import connection_fault, is_loopback, shown_host
from app.runtime.models.meter import Meter
from app.runtime.models.names import check_names, is_safe
from app.runtime.models.records import DownloadedFile, DownloadProgress, RemoteFile
from app.runtime.models.sources import OFFICIAL, SYSTEM, Source, check_proxy, repository_name

if TYPE_CHECKING:
    from app.runtime.models.door import Door
    from app.runtime.models.download_folder import Begun
    from app.runtime.models.transfer import Answer, Stream

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_FILES = 20_000
# Read by huggingface_hub when it is imported. Xet is a protocol of its own that mirrors lack and the door cannot see.
ENVIRONMENT = {
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
}
_first_use = threading.Lock()


class Downloader:
    """Reads listings and fetches files. `proxy`: a rule of `sources.check_proxy`. `token` goes to `official` only.

    Methods block the calling thread and stop within a second of `cancel`; they raise `Cancelled` and `Fixable`: the
    codes of `faults`, `attempts` and `transfer`, `Connections.open` and `disk.told`.
    """

    def __init__(
        self,
        connections: Connections,
        *,
        proxy: str = SYSTEM,
        token: str = "",
        patience: Patience = Patience(),  # noqa: B008 - frozen
        official: str = OFFICIAL.endpoint,
    ) -> None:
        self._connections = connections
        self._proxy = check_proxy(proxy)
        self._token = token
        self._patience = patience
        self._official = official

    def list_files(
        self, repository: str, revision: str, source: Source = OFFICIAL, cancel: CancelToken | None = None
    ) -> tuple[RemoteFile, ...]:
        """All files of a repository whose names can be used, by name; with the hashes that the hub knows."""
        with self._hub(source, repository, revision, cancel or CancelToken()) as hub:
            return hub.list_files()

    def fetch(
        self,
        repository: str,
        revision: str,
        files: Sequence[RemoteFile],
        folder: Path,
        source: Source,
        progress: Callable[[DownloadProgress], None],
        cancel: CancelToken,
        extra: Sequence[tuple[Path, int]] = (),
    ) -> tuple[DownloadedFile, ...]:
        """`files` in `folder`, whole and verified, in the same order. What is there already is not fetched again, what
        has begun goes on. `progress` is called on this thread. `extra`: bytes that will be needed in other places
        afterwards; they must be free too. Raises besides: `out-busy`, `out-space`, `download-bad-name`."""
        from app.runtime.models.download_folder import DownloadFolder, alone
        from app.runtime.models.fetching import Fetching

        check_names(file.name for file in files)
        meter = Meter(progress)
        with alone(folder), self._hub(source, repository, revision, cancel) as hub:
            return Fetching(hub, DownloadFolder(folder), meter, self._patience, cancel).run(files, extra)

    @contextmanager
    def _hub(self, source: Source, repository: str, revision: str, cancel: CancelToken) -> Iterator[_Hub]:
        from app.runtime.models.door import Door, Waits

        _library()  # takes a second, which must not look like a server that says nothing
        waits = Waits(self._patience.connect, self._patience.stall)
        plain = is_loopback(source.endpoint)
        door = Door(
            self._connections, proxy=self._proxy, token=self._token, official=self._official, plain=plain, waits=waits
        )
        try:
            yield _Hub(door, source, repository_name(repository), revision, self._patience, cancel)
        finally:
            door.close()


class _Hub:
    """A revision of a repository at a source: the questions that a download asks, each on a thread of its own."""

    def __init__(
        self, door: Door, source: Source, repository: str, revision: str, patience: Patience, cancel: CancelToken
    ) -> None:
        self._door = door
        self._endpoint = source.endpoint
        self._repository = repository
        self._revision = revision
        self._patience = patience
        self._cancel = cancel
        self.host = shown_host(source.endpoint)

    def check(self) -> None:
        self._cancel.check()
        self._door.check(self.host)

    def list_files(self) -> tuple[RemoteFile, ...]:
        attempts = Attempts(self._patience, self._cancel, lambda _why: None)
        files = attempts.run(lambda: self._wait_for(Purpose.LIST, self._list))
        return tuple(sorted(files, key=lambda file: file.name))

    def ask(self, name: str) -> Begun:
        """One attempt; see `transfer.Hub`."""
        return self._wait_for(Purpose.ASK, lambda: self._ask(name))

    def open(self, name: str, start: int) -> Stream:
        return self._background(Purpose.DOWNLOAD, lambda: self._stream(name, start))

    def _wait_for(self, purpose: Purpose, question: Callable[[], T]) -> T:
        task = self._background(purpose, lambda: iter([question()]))
        try:
            while (result := task.take(self._patience.tick)) is None:
                self.check()
            return result
        finally:
            task.stop()

    def _background(self, purpose: Purpose, work: Callable[[], Iterator[T]]) -> Background[T]:
        from app.runtime.models.door import Line, through

        line = Line(self._door, purpose)

        def run() -> Iterator[T]:
            with through(line), _told(self._endpoint):
                yield from work()

        return Background(run, line.cut)

    # --- on the background thread

    def _list(self) -> list[RemoteFile]:
        api = _library().HfApi(endpoint=self._endpoint, token=False)
        files: list[RemoteFile] = []
        for count, entry in enumerate(api.list_repo_tree(self._repository, recursive=True, revision=self._revision)):
            if count >= MOST_FILES:
                raise Fixable("download-bad-answer", host=self.host, detail=f"> {MOST_FILES}")
            size = getattr(entry, "size", None)  # a folder has none
            if not isinstance(size, int) or size < 0:
                continue
            lfs = getattr(entry, "lfs", None)
            if is_safe(entry.path):
                files.append(RemoteFile(entry.path, size, _sha256(lfs.sha256) if lfs else None))
            else:
                log.warning("%s lists a file that cannot be used: %r", self._repository, entry.path[:200])
        return files

    def _ask(self, name: str) -> Begun:
        from app.runtime.models.answers import metadata

        library = _library()
        url = library.hf_hub_url(self._repository, name, revision=self._revision, endpoint=self._endpoint)
        return metadata(library.get_hf_file_metadata(url, token=False, endpoint=self._endpoint))

    def _stream(self, name: str, start: int) -> Iterator[Answer | bytes]:
        from app.runtime.models.answers import read_answer

        library = _library()
        url = library.hf_hub_url(self._repository, name, revision=self._revision, endpoint=self._endpoint)
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={start}-"} if start else {})}
        with library.get_session().stream("GET", url, headers=headers, follow_redirects=True) as response:
            yield read_answer(response)
            yield from response.iter_bytes()


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn what the HTTP client and the hub's client raise into `Fixable`; what the door raised passes."""
    import httpx2

    try:
        yield
    except AppError:
        raise
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise connection_fault(error, url) from error
    except json.JSONDecodeError as error:
        raise Fixable("download-web-page", host=shown_host(url)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # a listing of another form
        raise Fixable("download-bad-answer", host=shown_host(url), detail=type(error).__name__) from error


def _sha256(text: Any) -> str | None:
    return text.lower() if isinstance(text, str) and re.fullmatch(r"[0-9a-fA-F]{64}", text) else None


def _library() -> Any:
    """huggingface_hub, set up at its first use to go through the door of the line that is in force."""
    with _first_use:
        os.environ.update(ENVIRONMENT)
        import huggingface_hub
        import huggingface_hub.hf_api  # all of it now: it loads its parts when they are first named
        from huggingface_hub.utils import logging as hub_logging

        if getattr(huggingface_hub, "chatbelle_door", None) is None:
            from app.runtime.models.door import Client

            hub_logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # the hub types most of itself, not this
            huggingface_hub.set_client_factory(Client)
            huggingface_hub.chatbelle_door = Client
        return huggingface_hub
