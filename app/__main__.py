"""The start of everything: the window, a terminal command, or the child step that tries a model file."""

from __future__ import annotations

import gc
import sys

from app.program import clean_environment, files_in
from app.streams import give_streams


def main(argv: list[str] | None = None) -> int:
    """`--trial …` is the child step; a command, `--help`, `--version` or `--self-test` the terminal; all else the
    window, also files that a file manager opens."""
    arguments = sys.argv[1:] if argv is None else argv
    give_streams()
    clean_environment()
    first = arguments[0] if arguments else ""
    if first == "--trial":
        from app.runtime.engine.trial import run_child

        return run_child(arguments[1:])
    plain = first and not first.startswith("-")
    if first in ("-h", "--help", "--version", "--self-test") or (plain and not files_in(arguments)):
        from app.cli import run

        return run(arguments)
    if sys.platform == "win32":  # llama_cpp before PySide6: the other order is an access violation there
        from app.runtime.engine.library import llama

        llama()
    gc.disable()  # until the window is wired: nearly everything made so far stays
    from app.bootstrap import run_gui

    return run_gui(arguments)


if __name__ == "__main__":
    sys.exit(main())
