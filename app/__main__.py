"""The start of everything: the window, a terminal command, or the child step that tries a model file."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def main(argv: list[str] | None = None) -> int:
    """`--trial …` is the child step; a command or `--help`/`--version` is the terminal; all else the window."""
    arguments = sys.argv[1:] if argv is None else argv
    _give_streams()
    if arguments[:1] == ["--trial"]:
        from app.runtime.engine.trial import run_child

        return run_child(arguments[1:])
    first = arguments[0] if arguments else ""
    is_file = first.lower().endswith(".gguf") and os.path.exists(first)  # noqa: PTH110  a file manager opens it
    if first in ("-h", "--help", "--version") or (first and not first.startswith("-") and not is_file):
        from app.cli import run

        return run(arguments)
    from app.bootstrap import run_gui

    return run_gui(arguments)


def _give_streams() -> None:
    """A windowed program may start without stdout and stderr; libraries write to both."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


if __name__ == "__main__":
    sys.exit(main())
