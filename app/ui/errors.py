"""The only presenter of errors: an `AppError` becomes the words of a banner."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import AppError, Cancelled, InternalBug
from app.ui.i18n import Languages


@dataclass(frozen=True)
class Shown:
    """`title` says what happened, `text` what to do; `report` is not empty for a bug and can be copied."""

    title: str
    text: str
    report: str = ""


def present(error: AppError, languages: Languages) -> Shown | None:
    """None for a cancelled job: never shown."""
    if isinstance(error, Cancelled):
        return None
    title, text = languages.words(error)
    return Shown(title, text, _report(error) if isinstance(error, InternalBug) else "")


def _report(error: AppError) -> str:
    """Type, code and place of a bug; no chat text, no arguments."""
    lines = [f"{error.code} {error.params.get('kind', '')}"]
    trace = error.__cause__.__traceback__ if error.__cause__ else error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines)
