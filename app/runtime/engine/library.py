"""llama.cpp as a library: imported once, its log turned into Python's, and cancel without Python in the way."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from app.runtime.jobs import CancelToken

log = logging.getLogger(__name__)

# ggml's levels; 1 (debug) is several hundred lines per load and dropped, 5 continues a line
_LEVELS = {2: logging.DEBUG, 3: logging.DEBUG, 4: logging.WARNING}
_ERROR = 4
_ABORT_FUNCTION_LIBRARIES = ("ucrtbase", "msvcrt")

_recent: deque[str] = deque(maxlen=200)
_errors: deque[str] = deque(maxlen=20)


@cache
def llama() -> Any:
    """The initialised `llama_cpp` module. The first call costs start-up time: make it on the engine lane."""
    import llama_cpp

    module: Any = llama_cpp
    module.llama_log_set(_log_callback(), None)
    _load_backends(module)
    module.llama_backend_init()
    return module


@cache
def _log_callback() -> Any:
    import llama_cpp

    def receive(level: int, text: bytes | None, _data: Any) -> None:
        line = (text or b"").decode("utf-8", "replace").strip()
        if level not in _LEVELS or not line:
            return
        _recent.append(line)
        if level == _ERROR:
            _errors.append(line)
        log.log(_LEVELS[level], "%s", line)

    return llama_cpp.llama_log_callback(receive)


def _load_backends(module: Any) -> None:
    """Builds with loadable CPU variants start with none registered (ggml is reached through llama's handle)."""
    ggml = ggml_library(module)
    ggml.ggml_backend_reg_count.restype = ctypes.c_size_t
    if ggml.ggml_backend_reg_count():
        return
    ggml.ggml_backend_load_all_from_path.argtypes = [ctypes.c_char_p]
    ggml.ggml_backend_load_all_from_path.restype = None
    ggml.ggml_backend_load_all_from_path(os.fsencode(Path(module.__file__).parent / "lib"))


def ggml_library(module: Any) -> Any:
    """The handle for `ggml_*` functions: llama's own, since a second copy would have its own registry."""
    return module.llama_cpp._lib


@cache
def version() -> str:
    """The version of the binding, which fixes the version of llama.cpp."""
    return str(llama().__version__)


def forget_log() -> None:
    _recent.clear()
    _errors.clear()


def recent_log() -> tuple[str, ...]:
    """What llama.cpp said since `forget_log()`, newest last."""
    return tuple(_recent)


def recent_errors() -> tuple[str, ...]:
    return tuple(_errors)


@contextmanager
def abortable(context: Any, token: CancelToken) -> Iterator[None]:
    """While inside, `token.cancel()` stops `llama_decode` on `context`."""
    lib = llama()
    flag = (ctypes.c_char * 2).from_buffer(token.flag)
    callback = _flag_reader() or lib.ggml_abort_callback(lambda _data: token.cancelled)
    lib.llama_set_abort_callback(context, callback, ctypes.addressof(flag))
    try:
        yield
    finally:
        lib.llama_set_abort_callback(context, lib.ggml_abort_callback(0), None)


@cache
def _flag_reader() -> Any:
    """A C function that returns non-zero once the flag is set, or None. It is asked some 550 times per token:
    a Python function there would take the GIL each time and slow an answer several times over."""
    try:
        return ctypes.cast(_c_library().strlen, llama().ggml_abort_callback)
    except (OSError, AttributeError):
        log.warning("no strlen in the C library: cancel goes through Python")
        return None


def _c_library() -> ctypes.CDLL:
    if sys.platform != "win32":
        return ctypes.CDLL(None)
    for name in _ABORT_FUNCTION_LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise OSError("no C library")
