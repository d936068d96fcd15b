"""What `make` calls: prepare this machine and `.venv`, then run something in it. Standard library only.

python3 tools/setup.py run [-- ARGUMENTS]     the app, or the terminal chat where there is no display
python3 tools/setup.py test [-- ARGUMENTS]    every check and test
python3 tools/setup.py script FILE [-- ARGUMENTS]
python3 tools/setup.py test-package [-- ARGUMENTS]     the tests of the program that `make package` built
python3 tools/setup.py prepare | lock | clean
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.system_packages import missing_packages  # noqa: E402

VENV = ROOT / ".venv"
STAMP = VENV / "chatbelle.json"
OLDEST, NEWEST = (3, 11), (3, 14)
NATIVE = "llama-cpp-python"
NATIVE_FLAGS = "-DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF"
REPORT_EVERY = 20  # seconds between two lines about a long step


class SetupFailed(Exception):
    """Ends the set-up with one message."""


def say(text: str) -> None:
    print(f"[chatbelle] {text}", flush=True)


# --- what the machine must have -------------------------------------------------------------------------------


def check_system(for_tests: bool, for_window: bool, compiler: bool) -> None:
    """Install what is absent (as root on Debian or Ubuntu), otherwise name it in one message."""
    if sys.platform == "darwin" and compiler and not shutil.which("clang"):
        raise SetupFailed("A compiler is needed once for llama.cpp. Install it with:\n  xcode-select --install")
    have_packages(lambda: missing_packages(for_tests, for_window, compiler, venv=not VENV.exists()))


def have_packages(missing: Callable[[], tuple[list[str], list[str]]]) -> None:
    """Install what `missing` names (must be there, only wished for), or say how."""
    must, wished = missing()
    if not must and not wished:
        return
    packages = must + wished
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if shutil.which("apt-get") and os.geteuid() == 0:
        say(f"Installing system packages (1 to 5 minutes): {' '.join(packages)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        log = log_folder() / "apt.log"
        run_logged(["apt-get", "update"], log, "apt-get update", environment, check=False)
        run_logged(shlex.split(command), log, "apt-get install", environment, check=False)
        must, wished = missing()
        if must:
            raise SetupFailed(f"apt-get could not install: {' '.join(must)}\nIts output is in {log}")
    elif must:
        how = f"Install them with:\n  sudo {command}\nThen run the same command again."
        if not shutil.which("apt-get"):
            how = "Install what holds them on this system (the names are Debian's), then run the same command again."
        raise SetupFailed(f"This machine lacks system packages: {' '.join(packages)}\n{how}")
    if wished:
        say(f"Not necessary, but Chinese text needs a font: sudo apt-get install -y {' '.join(wished)}")


# --- long steps -----------------------------------------------------------------------------------------------


def cache_folder() -> Path:
    """This user's cache, shared by all clones."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "chatbelle"


def log_folder() -> Path:
    folder = cache_folder() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_logged(
    command: list[str], log: Path, what: str, environment: dict[str, str] | None = None, check: bool = True
) -> int:
    """Run with the output in `log`; a line every 20 seconds; SetupFailed names the log."""
    started = time.monotonic()
    with log.open("ab") as out:
        out.write(f"\n$ {shlex.join(command)}\n".encode())
        out.flush()
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=ROOT, env=environment
        )
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(REPORT_EVERY)
                    break
                say(f"  {what}: {_duration(time.monotonic() - started)}{_step(log)}")
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if check and process.returncode:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise SetupFailed(f"{what} failed. The end of its output:\n{tail}\nAll of it is in {log}")
    return process.returncode


def _duration(seconds: float) -> str:
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s" if seconds >= 60 else f"{seconds:.0f} s"


def _step(log: Path) -> str:
    """The newest "[12/240]" of a build log."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 200_000))
        steps = re.findall(rb"\[(\d+)/(\d+)\]", file.read())
    return f", step {int(steps[-1][0])} of {int(steps[-1][1])}" if steps else ""


# --- llama.cpp's wheel ----------------------------------------------------------------------------------------


def machine_key() -> str:
    """Names what a wheel compiled here depends on: processor, C library and build flags."""
    flags = ""
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
        found = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
        flags = " ".join(sorted(found[1].split())) if found else ""
    facts = [flags or platform.processor(), *platform.libc_ver(), native_flags()]
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]
    return f"{sys.platform}-{platform.machine()}-{digest}"


def native_flags() -> str:
    return f"{NATIVE_FLAGS} {os.environ.get('CMAKE_ARGS', '')}".strip()


def split_lock(text: str) -> tuple[str, str]:
    """(everything else, the block of llama-cpp-python) of a lock file's text."""
    blocks = re.split(r"\n(?=\S)", text.strip())
    native = [block for block in blocks if block.startswith(f"{NATIVE}==")]
    return "\n".join(b for b in blocks if b not in native) + "\n", "\n".join(native) + "\n"


def own_wheels() -> Path:
    """Where wheels compiled for a machine like this one are kept."""
    return cache_folder() / "wheels" / machine_key()


def kept_wheel(native_block: str, folder: Path | None = None) -> Path | None:
    """The wheel built earlier."""
    found = re.match(rf"{NATIVE}==(\S+)", native_block)
    if not found:
        raise SetupFailed(f"requirements.lock does not hold {NATIVE}")
    wheels = sorted((folder or own_wheels()).glob(f"{NATIVE.replace('-', '_')}-{found[1]}-py3-none-*.whl"))
    return wheels[-1] if wheels else None


def build_wheel(
    native_block: str,
    folder: Path | None = None,
    environment: dict[str, str] | None = None,
    purpose: str = "for this processor. This takes about 5 minutes",
) -> Path:
    """Compile llama.cpp once and keep the wheel in the user's cache; it serves every Python 3 and every clone."""
    folder = folder or own_wheels()
    folder.mkdir(parents=True, exist_ok=True)
    log = log_folder() / f"llama-cpp-{time.strftime('%Y%m%d-%H%M%S')}.log"
    say(f"Compiling llama.cpp {purpose}, once; the result is kept in")
    say(f"  {folder}")
    with tempfile.TemporaryDirectory(prefix="chatbelle-build-", dir=str(cache_folder())) as text:
        work = Path(text)
        (work / "native.txt").write_text(native_block, "utf-8")
        make_venv(work / "venv")
        python = venv_python(work / "venv")
        pip_install(python, ROOT / "requirements-build.lock", log, "Fetching the build tools")
        environment = environment or {**os.environ, "CMAKE_ARGS": native_flags()}
        environment["PATH"] = f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        # no pip cache: a wheel kept there may have been compiled for another processor
        command = [str(python), "-m", "pip", "wheel", "--verbose", "--no-cache-dir", "--no-deps"]
        command += ["--require-hashes", "--no-build-isolation", "-r", str(work / "native.txt"), "-w", str(work)]
        run_logged(command, log, "Compiling llama.cpp", environment)
        built = next(work.glob("*.whl"), None)
        if built is None:
            raise SetupFailed(f"Compiling llama.cpp gave no wheel. Its output is in {log}")
        built.replace(folder / built.name)  # one rename: a broken build leaves nothing that looks finished
        return folder / built.name


# --- .venv ----------------------------------------------------------------------------------------------------


def venv_python(folder: Path) -> Path:
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def make_venv(folder: Path) -> None:
    base = getattr(sys, "_base_executable", None) or sys.executable
    done = subprocess.run([base, "-m", "venv", "--clear", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupFailed(f"{base} could not make {folder}:\n{done.stdout}{done.stderr}")


def venv_works() -> bool:
    """`.venv` has a Python of the same minor version as the one that was asked for."""
    python = venv_python(VENV)
    if not python.exists():
        return False
    ask = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=False)
    return done.stdout.strip() == f"{sys.version_info[0]}.{sys.version_info[1]}"


def pip_install(python: Path, lock: Path, log: Path, what: str) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    run_logged([*command, "-r", str(lock)], log, what)


def stamp_value(lock: Path) -> str:
    """Changes whenever the installed packages must change."""
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), machine_key().encode()]
    parts += [sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamps() -> dict[str, str]:
    try:
        stored = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def prepare(for_tests: bool = False, for_window: bool = True) -> Path:
    """Make `.venv` complete and return its Python. Fast when nothing changed."""
    level = "dev" if for_tests else "run"
    lock = ROOT / ("requirements-dev.lock" if for_tests else "requirements.lock")
    value = stamp_value(lock)
    window = "window" if for_window or for_tests else "terminal"
    done = stamps()
    if done.get(level) == value and done.get(window) == value and venv_python(VENV).exists():
        return venv_python(VENV)
    started = time.monotonic()
    say(f"Setting up {VENV} with Python {platform.python_version()}")
    rest, native = split_lock(lock.read_text("utf-8"))
    wheel = kept_wheel(native)
    check_system(for_tests, for_window, compiler=wheel is None)
    if done.get(level) != value:
        install(rest, native, wheel, log_folder() / "install.log")
    fresh = stamps() | {level: value, window: value} | ({"window": value} if for_tests else {})
    if for_tests:  # the development lock holds everything the app needs
        fresh["run"] = stamp_value(ROOT / "requirements.lock")
    STAMP.write_text(json.dumps(fresh), "utf-8")
    say(f"Ready after {_duration(time.monotonic() - started)}")
    return venv_python(VENV)


def install(rest: str, native: str, wheel: Path | None, log: Path) -> None:
    """Everything of the lock into `.venv`, then llama.cpp's wheel, then the project itself."""
    if not venv_works():
        say("Creating .venv (a few seconds)")
        make_venv(VENV)
    python = venv_python(VENV)
    packages = len(re.findall(r"^\S+==", rest, re.MULTILINE))
    say(f"Installing {packages} packages, up to 110 MB to fetch (1 to 5 minutes)")
    with tempfile.TemporaryDirectory() as folder:
        filtered = Path(folder) / "packages.txt"
        filtered.write_text(rest, "utf-8")
        pip_install(python, filtered, log, "Installing packages")
    wheel = wheel or build_wheel(native)
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-index"]
    run_logged([*command, "--force-reinstall", str(wheel)], log, "Installing llama.cpp")
    run_logged([*command, "--no-build-isolation", "--editable", str(ROOT)], log, "Installing the project")


# --- commands -------------------------------------------------------------------------------------------------


def has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run_app(arguments: list[str]) -> int:
    display = has_display()
    python = prepare(for_window=display)
    command = [str(python), "-m", "app"]
    if display:
        say("Starting the window")
    elif not arguments:
        say("There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): starting the terminal chat")
        arguments = ["chat"]
    return call([*command, *arguments])


def run_tests(arguments: list[str]) -> int:
    python = prepare(for_tests=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    linter = str(python.parent / "lint-imports")
    checks = [
        ("lint", [str(python), "-m", "ruff", "check", "."]),
        ("format", [str(python), "-m", "ruff", "format", "--check", "."]),
        ("types", [str(python), "-m", "mypy"]),
        ("import rules", [linter]),
        ("tests", [str(python), "-m", "pytest", *arguments]),
    ]
    failed = []
    for name, command in checks:
        say(f"{name}: {' '.join([Path(command[0]).name, *command[1:]])}")
        if call(command, environment):
            failed.append(name)
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


def call(command: list[str], environment: dict[str, str] | None = None) -> int:
    """Run in the foreground. Ctrl-C belongs to the program: in the terminal chat it stops an answer."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.call(command, cwd=ROOT, env=environment)
    finally:
        signal.signal(signal.SIGINT, before)
    if code == -signal.SIGINT:
        raise KeyboardInterrupt
    return code


def clean() -> int:
    """Remove what `make` made inside the clone; the user's cache and data stay."""
    folders = [VENV, ROOT / "build", ROOT / "dist", *ROOT.glob("*.egg-info"), *ROOT.glob(".*_cache")]
    for folder in [*folders, *(ROOT / "app").rglob("__pycache__"), *(ROOT / "tests").rglob("__pycache__")]:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"Removed .venv and caches. The compiled llama.cpp stays in {cache_folder() / 'wheels'}")
    return 0


def main(arguments: list[str]) -> int:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        say(f"Python 3.{OLDEST[1]} to 3.{NEWEST[1]} is needed; this is {platform.python_version()}: {sys.executable}")
        say("With another one installed: make run PYTHON=python3.12")
        return 2
    own, extra = arguments, []
    if "--" in arguments:
        cut = arguments.index("--")
        own, extra = arguments[:cut], arguments[cut + 1 :]
    command = own[0] if own else ""
    if command == "run":
        return run_app(extra)
    if command == "test":
        return run_tests(extra)
    if command == "script" and len(own) == 2:
        return call([str(prepare(for_tests=True)), own[1], *extra])
    if command == "test-package":
        tests = [str(prepare(for_tests=True)), "-m", "pytest", "tests/packaged"]
        return call([*tests, *extra], {**os.environ, "CHATBELLE_PACKAGED": "1"})
    if command == "lock":
        return call([str(prepare(for_tests=True)), "tools/lock.py"])
    if command == "prepare":
        prepare(for_tests=True)
        return 0
    if command == "clean":
        return clean()
    print(__doc__)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupFailed as failure:
        say(str(failure))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
