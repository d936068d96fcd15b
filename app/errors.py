"""The three kinds of failure, each with a stable code and facts instead of sentences.

Core code raises; `app.messages` turns a code into words; `app.ui.errors` and `app.cli` present them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Param = str | int | float


class AppError(Exception):
    """A failure with a stable `code` (kebab-case, a key of `app.messages.MESSAGES`) and its facts."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, Param] = MappingProxyType(params)

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({facts})" if facts else self.code


class Fixable(AppError):
    """The user can act on it: the message says what happened and what to do next."""


class Cancelled(AppError):
    """The user asked for the end; never shown."""

    def __init__(self) -> None:
        super().__init__("cancelled")


class InternalBug(AppError):
    """Our mistake: a report without chat text can be copied."""


def as_app_error(error: BaseException) -> AppError:
    """Wrap anything that is not an `AppError` as `InternalBug`, keeping the cause for the log."""
    if isinstance(error, AppError):
        return error
    bug = InternalBug("internal-bug", kind=type(error).__name__, detail=str(error))
    bug.__cause__ = error
    return bug
