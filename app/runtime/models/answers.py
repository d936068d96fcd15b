"""What the headers of a hub, or of the place it sends us to, say about a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from app.runtime.models.download_folder import SHA1, Begun
from app.runtime.models.transfer import Answer

if TYPE_CHECKING:
    import httpx2

RANGE = re.compile(r"bytes\s+(\d{1,18})-\d{1,18}/(\d{1,18}|\*)")


def read_answer(response: httpx2.Response) -> Answer:
    """The answer to a GET, redirects followed: the hub names the file in the headers of the redirect, the place that
    has it names the range."""
    hops = [*response.history, response]
    named = next((hop for hop in reversed(hops) if "X-Linked-Etag" in hop.headers), response)
    commit = any("X-Repo-Commit" in hop.headers for hop in hops)
    etag = _etag(named.headers.get("X-Linked-Etag") or named.headers.get("ETag"))
    start, size = _range(response)
    linked = _number(next((hop.headers["X-Linked-Size"] for hop in hops if "X-Linked-Size" in hop.headers), None))
    return Answer(
        status=response.status_code,
        start=start,
        size=linked if size is None else size,
        named_size=linked,
        etag=etag,
        git=commit and len(etag) == SHA1,
        content_type=response.headers.get("Content-Type", ""),
        packed=_packed(response),
        bounded="Content-Length" in response.headers or "chunked" in response.headers.get("Transfer-Encoding", ""),
    )


def metadata(found: Any) -> Begun:
    """The same out of the hub client's `HfFileMetadata`."""
    etag = _etag(found.etag)
    size = found.size if isinstance(found.size, int) and found.size >= 0 else -1
    return Begun(etag, size, git=bool(found.commit_hash) and len(etag) == SHA1)


def _range(response: httpx2.Response) -> tuple[int | None, int | None]:
    """Where the bytes begin and how large the whole file is, each None if it is not said."""
    if response.status_code == 206:
        match = RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
        return (int(match[1]), _number(match[2])) if match else (None, None)
    return 0, None if _packed(response) else _number(response.headers.get("Content-Length"))


def _packed(response: httpx2.Response) -> bool:
    return response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"\d{1,18}", text.strip()) else None


def _etag(text: str | None) -> str:
    """Without the quotes; hashes in small letters."""
    plain = (text or "").strip().removeprefix("W/").strip('"')[:200]
    return plain.lower() if re.fullmatch(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}", plain) else plain
