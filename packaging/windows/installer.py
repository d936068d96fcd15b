"""The Windows packages: NSIS installer and portable zip. NSIS also runs on Linux, so both are made there to be checked.

Environment: MAKENSIS names NSIS's compiler where it is not found; CHATBELLE_WINDOWS_SIGN is a command that signs the
file put after it (programs, uninstaller, installer). Without it nothing is signed and Windows warns at the first start.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as Xml
from pathlib import Path

from steps import icons
from steps.findings import Failed, Finding, not_here
from steps.places import CONSOLE_EXE, ICONS, NAME, WINDOWED_EXE, WORK, python
from windows import payload, version_resource

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "chatbelle.nsi"
MANIFEST = HERE / "chatbelle.manifest"
PROGRAM_ICON = ICONS / "chatbelle.ico"
SIGN = "CHATBELLE_WINDOWS_SIGN"
SETTINGS = {  # of the manifest: what Chinese paths, long paths and sharp text need
    "activeCodePage": "UTF-8",
    "longPathAware": "true",
    "dpiAwareness": "PerMonitorV2, PerMonitor",
}


def exe_options(work: Path, version: str) -> dict[str, str]:
    """What the programs get from PyInstaller's `EXE(…)`: manifest and version resource."""
    resource = work / "version.txt"
    resource.write_text(version_resource.text(version, WINDOWED_EXE), "utf-8")
    return {"manifest": str(MANIFEST), "version": str(resource)}


def build(app_dir: Path, out: Path, version: str) -> list[Path]:
    """Installer and portable zip in `out`."""
    work = WORK / "windows"
    pictures = work / "pictures"
    _draw(pictures)
    return make(app_dir, out, version, work, PROGRAM_ICON, pictures)


def make(app_dir: Path, out: Path, version: str, work: Path, icon: Path, pictures: Path) -> list[Path]:
    """The same from given icons. `pictures` holds gguf.ico, and welcome.bmp if the wizard is to show one."""
    compiler = find_compiler()
    if compiler is None:
        raise Failed(
            "NSIS is needed for the Windows installer: https://nsis.sourceforge.io (Debian: apt-get install nsis)"
        )
    folder = payload.lay_out(app_dir, work / "payload", pictures / payload.FILE_ICON)
    wrong = payload.problems(payload.entries(folder))
    if wrong:
        raise Failed("\n".join(wrong))
    sign(folder / WINDOWED_EXE)
    sign(folder / payload.COMMAND)
    listing = work / "installed-files.txt"
    listing.write_bytes(payload.listing(folder).encode("utf-16-le"))
    setup = out / f"{NAME}-{version}-windows-x86_64-setup.exe"
    welcome = pictures / "welcome.bmp"
    compile_script([compiler, *defines(folder, listing, version, icon, setup, welcome), str(SCRIPT)])
    return [setup, payload.portable(folder, out / f"{NAME}-{version}-windows-x86_64-portable.zip", version)]


def find_compiler() -> str | None:
    named = os.environ.get("MAKENSIS")
    if named:
        return named
    usual = [
        Path(os.environ.get(name, "C:\\")) / "NSIS" / "makensis.exe" for name in ("ProgramFiles(x86)", "ProgramFiles")
    ]
    return shutil.which("makensis") or next((str(path) for path in usual if path.is_file()), None)


def defines(folder: Path, listing: Path, version: str, icon: Path, setup: Path, welcome: Path) -> list[str]:
    """makensis' arguments; a warning is an error."""
    paths = payload.entries(folder)
    size = sum((folder / path).stat().st_size for path in paths if (folder / path).is_file())
    values = {
        "VERSION": version,
        "VERSION4": ".".join(map(str, version_resource.numbers(version))),
        "PAYLOAD": folder,
        "LIST": listing,
        "LONGEST": max(len(path.as_posix()) for path in paths),
        "SIZE_KB": max(1, size // 1024),
        "SIZE_MB": max(1, round(size / 1e6)),
        "ICON": icon,
        "OUT": setup,
    }
    if welcome.is_file():
        values["WELCOME"] = welcome
    if os.environ.get(SIGN):
        values["SIGN"] = os.environ[SIGN]
    return ["-V2", "-WX", "-INPUTCHARSET", "UTF8", *(f"-D{name}={value}" for name, value in values.items())]


def compile_script(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise Failed(f"The installer was not made:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def sign(program: Path) -> None:
    """With the command in CHATBELLE_WINDOWS_SIGN, if there is one."""
    words = shlex.split(os.environ.get(SIGN, ""), posix=os.name != "nt")
    if not words:
        return
    done = subprocess.run([*words, str(program)], capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise Failed(f"{program.name} could not be signed:\n{done.stdout}{done.stderr}")


def _draw(folder: Path) -> None:
    """gguf.ico and welcome.bmp, by the Python that has Qt."""
    interpreter = python() if python().is_file() else Path(sys.executable)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [str(interpreter), str(HERE / "pictures.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise Failed(f"The installer's pictures could not be drawn:\n{done.stdout}{done.stderr}")


# --- checks -------------------------------------------------------------------------------------------------------


def check() -> list[Finding]:
    """Manifest, version resource, and the installer around empty files."""
    found = [*check_manifest(MANIFEST.read_text("utf-8")), *check_resource("1.2.3")]
    if find_compiler() is None:
        return [*found, not_here("makensis", "nsis")]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        try:
            make(bare_program(work / "程序"), work, "0.0.1", work, plain_icon(work / "plain.ico"), work)
        except Failed as failure:
            found.append(Finding("packaging/windows/chatbelle.nsi", str(failure)))
    return found


def check_manifest(text: str) -> list[Finding]:
    try:
        root = Xml.fromstring(text)
    except Xml.ParseError as error:
        return [Finding("packaging/windows/chatbelle.manifest", str(error))]
    values = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root.iter()}
    wrong = [f"{key} is not {value}" for key, value in SETTINGS.items() if values.get(key) != value]
    levels = [element.get("level") for element in root.iter() if element.tag.endswith("}requestedExecutionLevel")]
    if levels != ["asInvoker"]:
        wrong.append("the program must not ask for an administrator")
    return [Finding("packaging/windows/chatbelle.manifest", one) for one in wrong]


def check_resource(version: str) -> list[Finding]:
    """PyInstaller reads it on Windows only; that it is an expression can be seen anywhere."""
    try:
        for name in (WINDOWED_EXE, CONSOLE_EXE):
            compile(version_resource.text(version, name), name, "eval")
    except SyntaxError as error:
        return [Finding("packaging/windows/version_resource.py", str(error))]
    return []


def bare_program(folder: Path) -> Path:
    """The least that the installer accepts as a frozen program."""
    (folder / "_internal").mkdir(parents=True)
    for name in (WINDOWED_EXE, CONSOLE_EXE, "_internal/base_library.zip"):
        (folder / name).write_bytes(b"")
    return folder


def plain_icon(target: Path) -> Path:
    """A square of one colour, beside gguf.ico of the same."""
    frames = [(side, icons.bitmap(side, bytes((0x8F, 0x62, 0x23, 0xFF)) * side * side)) for side in (16, 32, 48)]
    target.write_bytes(icons.ico(frames))
    shutil.copyfile(target, target.with_name(payload.FILE_ICON))
    return target
