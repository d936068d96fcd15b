"""What is put on a Windows computer: the frozen program's folder, its files' list, and the portable zip's own texts."""

from __future__ import annotations

import os
import re
import shutil
import time
import zipfile
from pathlib import Path, PurePosixPath

from steps.findings import Failed
from steps.places import CONSOLE_EXE, NAME, epoch

COMMAND = "chatbelle.com"
FILE_ICON = "gguf.ico"
OWN_NAMES = {"uninstall.exe", "installed-files.txt", ".new", "data"}  # the installer's and the user's
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)
README = "README.txt"
README_TEXT = """\
ChatBELLE {version} 便携版
====================

双击 ChatBELLE.exe 即可使用，无需安装。请先把压缩包完整解压到一个可以写入的文件夹（例如 U 盘）。

· 对话、设置和模型都在旁边的 data 文件夹里，复制整个文件夹就能带走全部内容。
· 更新：解压新版本，再把旧的 data 文件夹移过去。
· 命令行：在此文件夹里打开终端，输入 chatbelle --help。
· 删除：删掉整个文件夹即可，不会在系统里留下任何内容。
· 若 Windows 提示“已保护你的电脑”，点“更多信息”，再点“仍要运行”。


ChatBELLE {version}, portable
{underline}

Double-click ChatBELLE.exe; nothing needs to be installed. Extract the whole archive first, into a folder that can be
written, for example on a USB stick.

- Chats, settings and models lie in the folder data beside it: copy the whole folder to take everything with you.
- Update: extract the new version and move the old data folder into it.
- Command line: open a terminal in this folder and type chatbelle --help.
- Remove: delete the folder. Nothing else stays on the computer.
- If Windows says that it protected your PC, choose "More info", then "Run anyway".
"""
DATA_TEXT = "对话、设置和模型放在这里。请勿删除此文件夹：没有它，ChatBELLE 会把数据放到用户文件夹里。\r\n\r\n" + (
    "Chats, settings and models lie here. Keep this folder: without it, ChatBELLE stores them in your user folder.\r\n"
)


def lay_out(app_dir: Path, target: Path, icon: Path) -> Path:
    """The frozen program as it is installed, in `target`. The console program becomes `chatbelle.com`: Windows finds it
    for the command `chatbelle` before `ChatBELLE.exe`, which opens the window."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(app_dir, target, copy_function=_link)
    shutil.rmtree(target / "bin", ignore_errors=True)  # a command file, which asks questions after Ctrl-C
    console = target / CONSOLE_EXE
    if not console.is_file():
        raise Failed(f"{app_dir} holds no {CONSOLE_EXE}")
    console.rename(target / COMMAND)
    shutil.copyfile(icon, target / FILE_ICON)
    return target


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def entries(folder: Path) -> list[PurePosixPath]:
    """Everything below `folder`: folders first, outer ones before inner ones."""
    below = [PurePosixPath(path.relative_to(folder).as_posix()) for path in folder.rglob("*")]
    return sorted(below, key=lambda one: (not (folder / one).is_dir(), len(one.parts), one.as_posix().lower()))


def problems(paths: list[PurePosixPath]) -> list[str]:
    """Names that Windows cannot have, cannot tell from each other, or that the installer needs."""
    found = [f"{path}: Windows has no such name" for path in paths if any(map(FORBIDDEN.search, path.parts))]
    found += [f"{path}: the installer needs this name" for path in paths if path.parts[0].lower() in OWN_NAMES]
    seen: dict[str, PurePosixPath] = {}
    for path in paths:
        other = seen.setdefault(path.as_posix().lower(), path)
        if other != path:
            found.append(f"{path}: Windows cannot tell it from {other}")
    return found


def listing(folder: Path) -> str:
    """The list that the installer leaves: a line each, folders end in a backslash."""
    return "".join(
        "\\".join(path.parts) + ("\\\r\n" if (folder / path).is_dir() else "\r\n") for path in entries(folder)
    )


def portable(folder: Path, target: Path, version: str) -> Path:
    """The zip: the program, `data` (which makes it portable, see app/paths.py) and a text in both languages."""
    stamp = time.gmtime(epoch())[:6]
    readme = README_TEXT.format(version=version, underline="=" * len(f"ChatBELLE {version}, portable"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:

        def add(name: str, content: bytes) -> None:
            archive.writestr(zipfile.ZipInfo(f"{NAME}/{name}", stamp), content, zipfile.ZIP_DEFLATED, 9)

        for path in entries(folder):
            if (folder / path).is_file():
                add(path.as_posix(), (folder / path).read_bytes())
        add(README, readme.replace("\n", "\r\n").encode("utf-8-sig"))
        archive.writestr(zipfile.ZipInfo(f"{NAME}/data/", stamp), b"")
        add("data/README.txt", DATA_TEXT.encode("utf-8-sig"))
    return target
