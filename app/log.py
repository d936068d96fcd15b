"""The log: a rotating file in the user's folder. Codes, times and places only; never the text of a chat."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler

from app.paths import Paths

MAX_BYTES = 1_000_000
KEPT = 3
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


def set_up_logging(paths: Paths, verbose: bool = False, name: str = "chatbelle") -> None:
    """Log to `paths.logs/NAME.log`, and to stderr if `verbose`. Calling it again replaces the first set-up.

    Two processes must not rotate the same file: the window and the terminal use different names.
    A folder that cannot be written costs the log, not the start.
    """
    root = logging.getLogger()
    for handler in [one for one in root.handlers if getattr(one, "chatbelle", False)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    try:
        paths.logs.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            paths.logs / f"{name}.log", maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8", delay=True
        )
        file.setLevel(logging.INFO)
        _add(root, file)
    except OSError as error:
        logging.getLogger(__name__).debug("no log file: %s", error)
    if verbose and sys.stderr is not None:
        _add(root, logging.StreamHandler(sys.stderr))
    if not root.handlers:
        _add(root, logging.NullHandler())  # else Python prints warnings to stderr
    logging.raiseExceptions = False  # a full disk must not print tracebacks between the answers


def _add(root: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.chatbelle = True  # type: ignore[attr-defined]  # our mark
    root.addHandler(handler)
