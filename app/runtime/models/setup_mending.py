"""On which page of the wizard the user can do something about an error."""

from __future__ import annotations

from app.errors import AppError
from app.runtime.models.setup_state import Page, SetupState

# How codes begin, and the page where the user can do something about them; the first that fits counts
_MENDED = {
    "out-": Page.FOLDER,
    "disk-": Page.FOLDER,
    "folder-": Page.FOLDER,
    "library-folder-": Page.FOLDER,
    "copy-": Page.FOLDER,
    "key-": Page.KEY,
    "download-gated": Page.MODEL,
    "download-no-repository": Page.MODEL,
    "download-": Page.SOURCE,
    "source-": Page.SOURCE,
    "proxy-": Page.SOURCE,
    "network-": Page.SOURCE,
    "memory-": Page.MODEL,
    "model-": Page.MODEL,
    "trial-": Page.MODEL,
    "answer-": Page.MODEL,
}
_MENDED_IF_OWN = dict.fromkeys(("weights-", "archive-", "pack-", "enc-", "file-"), Page.MODEL)  # the user's files


def mending_page(state: SetupState, error: AppError) -> Page:
    """Where the user can do something about `error`; the plan, from which it can be tried again, if nowhere else."""
    if lacks_tokenizer(state, error):
        return Page.KEY
    model = state.choices.model
    own = _MENDED_IF_OWN if model is not None and model.path is not None else {}
    found = (page for start, page in {**_MENDED, **own}.items() if error.code.startswith(start))
    page = next(found, Page.PLAN)
    return Page.PLAN if page in state.skipped else page


def lacks_tokenizer(state: SetupState, error: AppError) -> bool:
    """Whether the user's files need a tokenizer from elsewhere, or another one than the chosen."""
    model = state.choices.model
    if model is None or model.path is None:
        return False
    codes = ("weights-tokenizer-missing", *(("weights-tokenizer-damaged",) if model.tokenizer else ()))
    return error.code in codes
