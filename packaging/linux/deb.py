"""The `.deb`: usr/lib/chatbelle with everything in it; of the system only what every desktop has."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tempfile
from email.utils import formatdate
from pathlib import Path

from linux import tree
from steps.findings import Finding, judged_by, not_here
from steps.measure import installed_size
from steps.places import COMMAND, OUT, SUMMARY, WORK, epoch

# The libraries that `steps.bundle.SYSTEM` leaves to the system, as Debian and Ubuntu package them.
DEPENDS = (
    "libc6 (>= 2.35)",
    "libdbus-1-3",
    "libegl1",
    "libexpat1",
    "libfontconfig1",
    "libfreetype6",
    "libgcc-s1",
    "libgl1",
    "libglib2.0-0",
    "libstdc++6 (>= 12)",
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
)
RECOMMENDS = (
    "libwayland-client0",
    "libwayland-cursor0",
    "fonts-noto-cjk | fonts-wqy-microhei | fonts-wqy-zenhei | fonts-droid-fallback",
)
SUGGESTS = ("fcitx5 | ibus",)
MAINTAINER = "The ChatBELLE contributors <chatbelle@users.noreply.github.com>"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
DESCRIPTION = """\
 ChatBELLE runs the BELLE models, and any other GGUF model, with llama.cpp on
 your own computer. Nothing you write leaves it. A small built-in guide answers
 questions about the app before any download.
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ChatBELLE
Comment: The program contains other works. Each is listed with its licence in
 /usr/lib/chatbelle/_internal/licenses (index.txt).

Files: *
Copyright: 2026 The ChatBELLE contributors
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
"""
CHANGELOG = """\
{name} ({version}) unstable; urgency=medium

  * See the project's CHANGELOG.md.

 -- {maintainer}  {date}
"""
# What lintian is right about in other packages and what is meant here: a program that brings its libraries.
OVERRIDES = """\
{name}: embedded-library
{name}: unstripped-binary-or-object
{name}: shared-library-lacks-prerequisites
{name}: library-not-linked-against-libc
{name}: sharedobject-in-library-directory-missing-soname
{name}: hardening-no-fortify-functions
{name}: hardening-no-pie
{name}: custom-library-search-path
{name}: binary-without-manpage
{name}: extra-license-file
{name}: initial-upload-closes-no-bugs
{name}: executable-stack-in-shared-library
{name}: spelling-error-in-binary
{name}: shared-library-is-executable
{name}: exit-in-shared-library
"""


def architecture(machine: str) -> str:
    return ARCHITECTURES.get(machine, machine)


def make(app_dir: Path, target: Path, version: str) -> Path:
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as text:
        root = Path(text) / "deb"
        root.mkdir()
        tree.lay_out(root, app_dir, version)
        documents = root / "usr/share/doc" / COMMAND
        tree.write(documents / "copyright", COPYRIGHT)
        date = formatdate(epoch())
        log = CHANGELOG.format(name=COMMAND, version=version, maintainer=MAINTAINER, date=date)
        (documents / "changelog.gz").write_bytes(gzip.compress(log.encode(), 9, mtime=epoch()))
        (documents / "changelog.gz").chmod(0o644)
        tree.write(root / f"usr/share/lintian/overrides/{COMMAND}", OVERRIDES.format(name=COMMAND))
        machine = architecture(os.uname().machine)
        tree.write(root / "DEBIAN/control", control(version, machine, installed_size(root)))
        tree.settle(root)
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(target)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return target


def control(version: str, architecture: str, size: int) -> str:
    fields = {
        "Package": COMMAND,
        "Version": version,
        "Architecture": architecture,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(-(-size // 1024)),
        "Depends": ", ".join(DEPENDS),
        "Recommends": ", ".join(RECOMMENDS),
        "Suggests": ", ".join(SUGGESTS),
        "Section": "misc",
        "Priority": "optional",
        "Homepage": "https://github.com/LianjiaTech/BELLE",
        "Description": SUMMARY,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + DESCRIPTION


def check() -> list[Finding]:
    """Lintian's errors about the package that was built, if one was."""
    built = sorted(OUT.glob(f"{COMMAND}_*.deb"))
    if not built:
        return [Finding("the .deb", "none was built: lintian did not look at it", is_note=True)]
    if not shutil.which("lintian"):
        return [not_here("lintian", "lintian")]
    return judged_by(
        ["lintian", "--no-tag-display-limit", "--fail-on", "error", "--allow-root", built[-1]], built[-1].name
    )
