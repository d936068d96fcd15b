"""The macOS package: sign ChatBELLE.app, notarize it, put it on a disk image with a link to Applications. Needs a Mac.

Not yet tried on a real one: what each step calls is tested, what Apple's tools answer is not (docs/manual-checks.md).

Environment; what is not given is left out with a notice:
CHATBELLE_MACOS_IDENTITY    the certificate's name, "Developer ID Application: NAME (TEAM)"; without it the signature
                            does not say who made it, and macOS asks the person to allow the program
CHATBELLE_NOTARY_PROFILE    a profile that `xcrun notarytool store-credentials` made, or all three of
CHATBELLE_NOTARY_KEY        an App Store Connect key (the .p8 file's path),
CHATBELLE_NOTARY_KEY_ID     its id and
CHATBELLE_NOTARY_ISSUER     its issuer
"""

from __future__ import annotations

import os
import platform
import plistlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from macos.mach_o import Version, earliest, is_mach_o
from macos.plist import EARLIEST, info_plist
from steps.findings import Failed, Finding, judged_by, not_here
from steps.places import NAME, version
from tools.setup import say

__all__ = ["build", "check", "info_plist"]

ENTITLEMENTS = Path(__file__).resolve().parent / "entitlements.plist"
IDENTITY = "CHATBELLE_MACOS_IDENTITY"
PROFILE = "CHATBELLE_NOTARY_PROFILE"
KEY, KEY_ID, ISSUER = "CHATBELLE_NOTARY_KEY", "CHATBELLE_NOTARY_KEY_ID", "CHATBELLE_NOTARY_ISSUER"
NOBODY = "-"  # codesign's name for a signature without a certificate
AT_ONCE = 100  # files in one call of codesign
FORMAT = "ULMO"  # the smallest; macOS 10.15 and later open it

Run = Callable[[list[str]], None]


def run_tool(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise Failed(f"{' '.join(command[:3])} … failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def build(app_dir: Path, out: Path, version: str, run: Run = run_tool) -> list[Path]:
    """The disk image in `out`."""
    identity = os.environ.get(IDENTITY) or NOBODY
    credentials = notary_credentials()
    if identity == NOBODY:
        say(f"  {IDENTITY} is not set: the app is not signed by anybody, macOS will ask before it opens it")
        credentials = []
    elif not credentials:
        say(f"  neither {PROFILE} nor {KEY}, {KEY_ID}, {ISSUER} are set: the app is not notarized")
    note_oldest_system(app_dir)
    sign(app_dir, identity, run)
    image = out / f"{NAME}-{version}-macos-{platform.machine()}.dmg"
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        if credentials:  # the app has its own ticket: it opens without a network after it was copied from the image
            archive = work / f"{NAME}.zip"
            run(["ditto", "-c", "-k", "--keepParent", str(app_dir), str(archive)])
            notarize(archive, app_dir, credentials, run)
        folder = work / NAME
        folder.mkdir()
        run(["ditto", str(app_dir), str(folder / app_dir.name)])
        (folder / "Applications").symlink_to("/Applications")
        options = ["-volname", NAME, "-srcfolder", str(folder), "-fs", "HFS+", "-format", FORMAT]
        run(["hdiutil", "create", *options, "-ov", str(image)])
    if identity != NOBODY:
        run(["codesign", "--force", "--timestamp", "--sign", identity, str(image)])
    if credentials:
        notarize(image, image, credentials, run)
    run(["hdiutil", "verify", str(image)])
    return [image]


def notary_credentials() -> list[str]:
    """notarytool's arguments, [] if the environment does not give them."""
    profile = os.environ.get(PROFILE)
    if profile:
        return ["--keychain-profile", profile]
    given = [os.environ.get(name, "") for name in (KEY, KEY_ID, ISSUER)]
    if not all(given):
        return []
    return ["--key", given[0], "--key-id", given[1], "--issuer", given[2]]


def sign(app: Path, identity: str, run: Run) -> None:
    """Inner parts first: a signature covers those of the parts inside."""
    options = ["--force", "--sign", identity]
    if identity != NOBODY:
        options += ["--timestamp", "--options", "runtime"]
    inner = parts(app)
    for start in range(0, len(inner), AT_ONCE):
        run(["codesign", *options, *(str(part) for part in inner[start : start + AT_ONCE])])
    run(["codesign", *options, "--entitlements", str(ENTITLEMENTS), str(app)])
    run(["codesign", "--verify", "--deep", "--strict", str(app)])


def parts(app: Path) -> list[Path]:
    """Libraries and frameworks in the app, inner ones first. The app's own program is signed with the app."""
    main = app / "Contents" / "MacOS"
    files = [path for path in _real_files(app) if path.parent != main and is_mach_o(path)]
    frameworks = [path for path in app.rglob("*.framework") if path.is_dir() and not path.is_symlink()]
    loose = [path for path in files if not any(_is_body(path, framework) for framework in frameworks)]
    return sorted([*loose, *frameworks], key=lambda path: (-len(path.parts), str(path)))


def _real_files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _is_body(path: Path, framework: Path) -> bool:
    """codesign takes the framework's folder and finds its program itself."""
    return path.is_relative_to(framework) and path.name == framework.stem


def note_oldest_system(app: Path) -> None:
    """Write into Info.plist what the parts need where that is newer than what we ask for: an old Mac then says so in
    a sentence, in place of an error of the loader."""
    newest, part = oldest_system(app)
    info = app / "Contents" / "Info.plist"
    values = plistlib.loads(info.read_bytes())
    asked = tuple(int(number) for number in EARLIEST.split("."))
    if newest > asked:
        values["LSMinimumSystemVersion"] = ".".join(map(str, newest))
        info.write_bytes(plistlib.dumps(values))
        say(f"  {part.name} needs macOS {values['LSMinimumSystemVersion']}, so the app does ({EARLIEST} is aimed at)")


def oldest_system(app: Path) -> tuple[Version, Path]:
    """The newest macOS that any part asks for, and that part."""
    asked = [(earliest(path.read_bytes()), path) for path in _real_files(app) if is_mach_o(path)]
    return max(asked, default=((0, 0), app))


def notarize(archive: Path, target: Path, credentials: list[str], run: Run) -> None:
    """Apple looks at `archive`; its ticket is put into `target`."""
    say(f"  Apple looks at {archive.name}; this takes a few minutes")
    run(["xcrun", "notarytool", "submit", str(archive), "--wait", "--timeout", "30m", *credentials])
    run(["xcrun", "stapler", "staple", str(target)])


# --- checks -------------------------------------------------------------------------------------------------------


def check() -> list[Finding]:
    """Info.plist and entitlements are property lists with the values that matter."""
    found = [*check_info(info_plist(version())), *check_entitlements(ENTITLEMENTS.read_bytes())]
    if shutil.which("plistutil") is None:
        found.append(not_here("plistutil", "libplist-utils"))
    else:
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "Info.plist"
            file.write_bytes(plistlib.dumps(info_plist(version())))
            for one in (file, ENTITLEMENTS):
                found += judged_by(["plistutil", "-i", one, "-o", Path(name) / "read"], f"packaging/macos: {one.name}")
    if shutil.which("hdiutil") is None:
        found.append(Finding("hdiutil", "only a Mac signs and makes disk images: this was not checked", is_note=True))
    return found


def check_info(info: dict[str, object]) -> list[Finding]:
    read = plistlib.loads(plistlib.dumps(info))
    needed = {"NSHighResolutionCapable": True, "NSRequiresAquaSystemAppearance": False, "CFBundlePackageType": "APPL"}
    wrong = [f"{key} is not {value}" for key, value in needed.items() if read.get(key) != value]
    declared = {one["UTTypeIdentifier"] for one in read["UTImportedTypeDeclarations"]}
    used = {kind for one in read["CFBundleDocumentTypes"] for kind in one["LSItemContentTypes"]}
    wrong += [f"the file type {kind} is not declared" for kind in sorted(used - declared)]
    return [Finding("packaging/macos/plist.py", one) for one in wrong]


def check_entitlements(data: bytes) -> list[Finding]:
    try:
        granted = plistlib.loads(data)
    except (ValueError, plistlib.InvalidFileException) as error:
        return [Finding("packaging/macos/entitlements.plist", str(error))]
    more = [key for key in granted if not key.startswith("com.apple.security.cs.")]
    return [Finding("packaging/macos/entitlements.plist", f"{key} is more than the app needs") for key in more]
