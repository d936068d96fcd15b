"""The start of everything: the window, a terminal command, or the child step that tries a model file."""

from __future__ import annotations

import gc
import os
import sys

from app.streams import give_streams


def main(argv: list[str] | None = None) -> int:
    """`--trial …` is the child step; a command or `--help`/`--version` is the terminal; all else the window."""
    arguments = sys.argv[1:] if argv is None else argv
    give_streams()
    if arguments[:1] == ["--trial"]:
        from app.runtime.engine.trial import run_child

        return run_child(arguments[1:])
    first = arguments[0] if arguments else ""
    is_file = first.lower().endswith(".gguf") and os.path.exists(first)  # noqa: PTH110  a file manager opens it
    if first in ("-h", "--help", "--version") or (first and not first.startswith("-") and not is_file):
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
