"""A Windows of our own: a Wine prefix with Windows 10, no desktop, and a way to see its registry."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

USER = r"C:\users\张 三"
FOLDERS = {"Local AppData": r"AppData\Local", "AppData": r"AppData\Roaming", "Desktop": "Desktop"}
FOLDERS["Programs"] = r"AppData\Roaming\Microsoft\Windows\Start Menu\Programs"
SHELL_FOLDERS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
NOTED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
OVERRIDES = "mscoree,mshtml=;winemenubuilder.exe=d"  # no downloads, nothing in this machine's own menus

Registry = dict[str, dict[str, str]]  # key below HKEY_CURRENT_USER: name ("" is the key's own): value


def find_wine() -> str | None:
    usual = Path("/usr/lib/wine/wine64")
    return shutil.which("wine64") or (str(usual) if usual.exists() else shutil.which("wine"))


@dataclass(frozen=True)
class Wine:
    """`prefix` is created by `start`; `restore` brings back what it was after that."""

    program: str
    prefix: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "CHATBELLE_HOME")}
        ours = {"WINEPREFIX": str(self.prefix), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": OVERRIDES, "LANG": "C.UTF-8"}
        return {**kept, **ours}

    def start(self) -> None:
        """A person with a Chinese name and a space in it."""
        self.run("wineboot", "-i", timeout=300)
        self.set(r"HKCU\Software\Wine", "Version", "win10")
        for name, folder in FOLDERS.items():
            self.set(SHELL_FOLDERS, name, rf"{USER}\{folder}")
            self.path(rf"{USER}\{folder}").mkdir(parents=True, exist_ok=True)
        self.wait()
        shutil.copyfile(self.prefix / "user.reg", self.prefix / "user.reg.first")

    def restore(self) -> None:
        """End what still runs; registry and the person's folders as after `start`."""
        subprocess.run([self._server(), "-k"], env=self.environment, check=False)
        self.wait()
        shutil.copyfile(self.prefix / "user.reg.first", self.prefix / "user.reg")
        shutil.rmtree(self.path(USER))
        for folder in FOLDERS.values():
            self.path(rf"{USER}\{folder}").mkdir(parents=True, exist_ok=True)

    def run(self, *words: str, timeout: float = 120) -> int:
        """Start a program and wait for it; its exit code. Words with spaces are quoted."""
        command = [self.program, *words]
        done = subprocess.run(command, env=self.environment, timeout=timeout, stdout=subprocess.DEVNULL, check=False)
        return done.returncode

    def begin(self, *words: str, display: str = "") -> subprocess.Popen[bytes]:
        """Start a program, with its window on `display` if it has one: the first program that runs decides where all
        windows are, so the others must have ended."""
        if display:
            self.wait()
        environment = {**self.environment, **({"DISPLAY": display} if display else {})}
        return subprocess.Popen([self.program, *words], env=environment, stdout=subprocess.DEVNULL)

    def wait(self) -> None:
        """Until every program has ended and the registry is written."""
        subprocess.run([self._server(), "-w"], env=self.environment, timeout=120, check=False)

    def _server(self) -> str:
        beside = Path(self.program).with_name("wineserver")
        return str(beside) if beside.exists() else "wineserver"

    def path(self, windows: str) -> Path:
        """Where a path of drive C lies on this machine."""
        drive, _, rest = windows.partition(":\\")
        assert drive == "C", windows
        return self.prefix.joinpath("drive_c", *rest.split("\\"))

    def set(self, key: str, name: str, value: str, kind: str = "REG_SZ") -> None:
        which = ["/v", name] if name else ["/ve"]
        assert self.run("reg", "add", key, *which, "/t", kind, "/d", value, "/f") == 0

    def registry(self) -> Registry:
        """All values below HKEY_CURRENT_USER except what the system notes itself."""
        file = self.prefix / "drive_c" / "export.reg"
        file.unlink(missing_ok=True)
        assert self.run("reg", "export", "HKCU", r"C:\export.reg", "/y") == 0
        found = parse(file.read_bytes().decode("utf-16"))
        return {key: values for key, values in found.items() if values and key != NOTED}


def parse(text: str) -> Registry:
    """What `reg export` writes; texts that expand come as bytes."""
    keys: Registry = {}
    values: dict[str, str] = {}
    for line in re.sub(r"\\\r?\n\s*", "", text).splitlines():
        if line.startswith("["):
            values = keys.setdefault(line.strip("[]").partition("\\")[2], {})
        elif match := re.match(r'(?:@|"((?:[^"\\]|\\.)*)")=(.*)', line):
            values[_plain(match[1] or "")] = _value(match[2])
    return keys


def _value(text: str) -> str:
    if text.startswith("hex(2):"):
        return bytes.fromhex(text.removeprefix("hex(2):").replace(",", "")).decode("utf-16-le").rstrip("\0")
    return _plain(text[1:-1]) if text.startswith('"') else text


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def until(
    what: Sequence[Path], gone: bool, seconds: float = 60, press: Callable[[], None] | None = None, every: float = 0.5
) -> None:
    """Wait for files to come or go, and `press` now and then; fails after `seconds`."""
    start = time.monotonic()
    pressed = 0
    while any(path.exists() == gone for path in what):
        waited = time.monotonic() - start
        assert waited < seconds, f"still {'there' if gone else 'missing'}: {what}"
        if press and waited >= pressed * every:
            press()
            pressed += 1
        time.sleep(0.05)
