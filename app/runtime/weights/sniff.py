"""What was saved instead of a model: nothing, a web page or a Git LFS pointer; every reader asks this first."""

from __future__ import annotations

from app.errors import Fixable
from app.runtime.weights.records import BytesSource

HEAD = 512
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
WEB_PAGES = (b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--", b"<error", b"<script")
# What huggingface.co and GitHub answer, with no mark-up, when a file is missing or not allowed.
ANSWERS = (b"entry not found", b"repository not found", b"404: not found", b"access to model ")


def check_not_placeholder(file: BytesSource) -> None:
    """Raise `Fixable` of `weights-empty`, `weights-lfs-pointer` or `weights-web-page` if `file` is one of those."""
    if file.size == 0:
        raise Fixable("weights-empty", file=file.name)
    head = bytes(file.read(0, min(HEAD, file.size)))
    if head.startswith(LFS_POINTER):
        raise Fixable("weights-lfs-pointer", file=file.name)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(WEB_PAGES) or (file.size <= HEAD and text.startswith(ANSWERS)):
        raise Fixable("weights-web-page", file=file.name)


def shown(text: str) -> str:
    """Text out of a file, fit for an error message: no control characters (terminals obey them), not long."""
    return "".join(letter if letter.isprintable() else "�" for letter in text[:200])
