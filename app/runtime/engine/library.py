"""llama.cpp as a library: imported once, its log turned into Python's, and cancel without Python in the way.

A packaged llama.cpp has its back ends in files of their own, one for each kind of processor. The fitting one is loaded
at once; those for graphics cards only by `use_gpu`, when a child process has survived it: a broken driver can end the
process that touches it.
"""

from __future__ import annotations

import ctypes
import logging
import re
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from app.runtime import backends
from app.runtime.jobs import CancelToken

log = logging.getLogger(__name__)

# ggml's levels; 1 (debug) is several hundred lines per load and dropped, 5 continues a line
_LEVELS = {2: logging.DEBUG, 3: logging.DEBUG, 4: logging.WARNING}
_ERROR = 4
_ABORT_FUNCTION_LIBRARIES = ("ucrtbase", "msvcrt")

_recent: deque[str] = deque(maxlen=200)
_errors: deque[str] = deque(maxlen=20)
_loaded: list[Path] = []


@cache
def llama() -> Any:
    """The initialised `llama_cpp` module. The first call costs start-up time: make it on the engine lane."""
    import llama_cpp

    module: Any = llama_cpp
    module.llama_log_set(_log_callback(), None)
    _load_processor(module)
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


def _load_processor(module: Any) -> None:
    """Nothing to do where the back ends are linked."""
    if ggml("ggml_backend_reg_count", ctypes.c_size_t)():
        return
    found = backends.for_processor(_folder(module))
    if found is None or not _register(*found):
        log.error("no back end for this processor")


def _register(path: Path, library: ctypes.CDLL) -> bool:
    """False for a back end that cannot run here."""
    library.ggml_backend_init.restype = ctypes.c_void_p
    backend = library.ggml_backend_init()
    if not backend:
        log.info("skipped %s: it cannot run here", path.name)
        return False
    ggml("ggml_backend_register", None, ctypes.c_void_p)(backend)
    _loaded.append(path)
    log.info("loaded %s", path.name)
    return True


def _folder(module: Any) -> Path:
    return Path(module.__file__).parent / "lib"


@cache
def use_gpu() -> bool:
    """Load the back ends for graphics cards; True if there is a card for them."""
    module = llama()
    for path in _for_cards(module):
        library = backends.open_library(path)
        if library is not None and hasattr(library, "ggml_backend_init"):
            _register(path, library)
    return bool(module.llama_supports_gpu_offload())


def _for_cards(module: Any) -> tuple[Path, ...]:
    """None where the processor's back end is linked: then the others are, too."""
    return backends.for_cards(_folder(module)) if _loaded else ()


def may_use_gpu() -> bool:
    """True if `use_gpu` may find a card; touches no driver that is not built in."""
    module = llama()
    return bool(module.llama_supports_gpu_offload()) or bool(_for_cards(module))


def loaded_files() -> tuple[str, ...]:
    """Names of the back ends that were loaded from files of their own."""
    llama()
    return tuple(path.name for path in _loaded)


def devices() -> tuple[str, ...]:
    """What can compute, as the loaded back ends call it: "CPU: Intel ...", "Vulkan0: ..."."""
    llama()
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    get = ggml("ggml_backend_dev_get", pointer, size)
    name = ggml("ggml_backend_dev_name", ctypes.c_char_p, pointer)
    description = ggml("ggml_backend_dev_description", ctypes.c_char_p, pointer)
    found = [get(number) for number in range(ggml("ggml_backend_dev_count", size)())]
    return tuple(f"{name(one).decode()}: {description(one).decode('utf-8', 'replace').strip()}" for one in found)


def features() -> str:
    """What of the processor is used: "SSE3 AVX2 ..."."""
    text: str = llama().llama_print_system_info().decode("utf-8", "replace")
    return " ".join(re.findall(r"(\w+) = 1", text))


def ggml(name: str, result: Any, *arguments: Any) -> Any:
    """A ggml function, reached through llama's own handle: a second copy of the library has its own registry."""
    for library in _ggml_libraries():
        with suppress(AttributeError):
            function = library[name]
            function.restype, function.argtypes = result, list(arguments)
            return function
    raise AttributeError(name)


@cache
def _ggml_libraries() -> list[Any]:
    import llama_cpp

    module: Any = llama_cpp
    found = [module.llama_cpp._lib]
    if sys.platform == "win32":  # looks for names in one DLL only, but has each DLL once however often it is opened
        paths = [_folder(module) / name for name in ("ggml.dll", "ggml-base.dll")]
        found += [ctypes.CDLL(str(path)) for path in paths if path.exists()]
    return found


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
