"""What Windows shows under Properties, Details of the programs: text for PyInstaller's `EXE(version=FILE)`."""

from __future__ import annotations

import re

from steps.places import NAME, SUMMARY, SUMMARY_ZH

PUBLISHER = "The ChatBELLE contributors"
UNICODE = 1200
ENGLISH, CHINESE = 0x0409, 0x0804
TEXTS = {
    ENGLISH: (SUMMARY, "Copyright 2026 The ChatBELLE contributors. Apache License 2.0."),
    CHINESE: (SUMMARY_ZH, "版权所有 2026 ChatBELLE 贡献者。Apache 许可证 2.0。"),
}


def numbers(version: str) -> tuple[int, int, int, int]:
    """The four numbers that Windows wants: 1.2.3rc1 is 1.2.3.0."""
    found = re.match(r"\d+(?:\.\d+){0,3}", version)
    if found is None:
        raise ValueError(f"no version: {version!r}")
    parts = [int(part) for part in found[0].split(".")]
    major, minor, patch, build = [*parts, 0, 0, 0][:4]
    return major, minor, patch, build


def text(version: str, file_name: str) -> str:
    """The whole resource for the program `file_name`, with a table for each language."""
    tables = ",\n".join(_table(language, version, file_name) for language in TEXTS)
    languages = ", ".join(f"{language}, {UNICODE}" for language in TEXTS)
    return f"""# UTF-8
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers(version)}, prodvers={numbers(version)}, mask=0x3F, flags=0x0, OS=0x40004,
                    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([
{tables}
    ]),
    VarFileInfo([VarStruct('Translation', [{languages}])])
  ]
)
"""


def _table(language: int, version: str, file_name: str) -> str:
    description, rights = TEXTS[language]
    rows = {
        "CompanyName": PUBLISHER,
        "FileDescription": NAME,
        "FileVersion": version,
        "InternalName": file_name.rpartition(".")[0],
        "LegalCopyright": rights,
        "OriginalFilename": file_name,
        "ProductName": NAME,
        "ProductVersion": version,
        "Comments": description,
    }
    entries = ",\n".join(f"        StringStruct({key!r}, {value!r})" for key, value in rows.items())
    return f"      StringTable('{language:04X}{UNICODE:04X}', [\n{entries}])"
