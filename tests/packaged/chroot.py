"""A bare Debian or Ubuntu in a folder, made by debootstrap, with nothing but what a package says that it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from steps.places import WORK

KEPT = WORK / "chroots"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# The mounts are seen by the command alone and end with it.
MOUNT = """
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mkdir -p "$1/tmp/.X11-unix"
[ ! -d /tmp/.X11-unix ] || mount --bind /tmp/.X11-unix "$1/tmp/.X11-unix"
[ ! -e /etc/resolv.conf ] || cp -L /etc/resolv.conf "$1/etc/resolv.conf"
exec chroot "$@"
"""


class NotPossible(Exception):
    """This machine cannot make one; says what is missing."""


@dataclass(frozen=True)
class Release:
    name: str
    address: str
    components: str = "main"


BOOKWORM = Release("bookworm", "http://deb.debian.org/debian")
JAMMY = Release("jammy", "http://archive.ubuntu.com/ubuntu", "main,universe")


@dataclass(frozen=True)
class Chroot:
    root: Path

    def command(self, words: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> list[str]:
        """For `subprocess`: the process keeps its number, so that its window can be found from outside."""
        inside = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        settings = [f"{name}={value}" for name, value in {**inside, **(environment or {})}.items()]
        start = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", MOUNT, "sh", str(self.root)]
        return [*start, "/usr/bin/env", "-i", *settings, *map(str, words)]

    def run(
        self, *words: str | Path, environment: Mapping[str, str] | None = None, timeout: float = 600
    ) -> subprocess.CompletedProcess[str]:
        command = self.command(words, environment)
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=timeout)


def make(release: Release, folder: Path) -> Chroot:
    """A fresh copy of the release's smallest system in `folder`."""
    base = _base(release)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(folder)], check=True)
    return Chroot(folder)


def _base(release: Release) -> Path:
    if os.geteuid() != 0:
        raise NotPossible("a chroot needs root: sudo make test-package")
    if shutil.which("debootstrap") is None:
        raise NotPossible("debootstrap is not installed: apt-get install debootstrap")
    base = KEPT / release.name
    if base.is_dir():
        return base
    KEPT.mkdir(parents=True, exist_ok=True)
    new = KEPT / f"{release.name}.new"
    shutil.rmtree(new, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", f"--components={release.components}", release.name, str(new)]
    done = subprocess.run([*command, release.address], capture_output=True, text=True, errors="replace")
    if done.returncode:
        shutil.rmtree(new, ignore_errors=True)
        raise NotPossible(f"debootstrap could not make {release.name}:\n{done.stdout[-1500:]}{done.stderr[-500:]}")
    new.rename(base)
    return base
