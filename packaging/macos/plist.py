"""Info.plist: what macOS knows of ChatBELLE before it runs."""

from __future__ import annotations

import re
from typing import Any

from steps.places import APP_ID, COMMAND, NAME

EARLIEST = "13.0"  # what Qt needs
GGUF = "org.ggml.gguf"  # nobody has declared one; ours is imported, so that the owner's would win
COPYRIGHT = "Copyright 2026 The ChatBELLE contributors. Apache License 2.0."


def info_plist(version: str) -> dict[str, Any]:
    """For PyInstaller's `BUNDLE(info_plist=…)`."""
    return {
        "CFBundleIdentifier": APP_ID,
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleExecutable": COMMAND,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": numbers(version),
        "CFBundleVersion": numbers(version),
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh_CN", "zh-Hans"],
        "LSMinimumSystemVersion": EARLIEST,
        "LSApplicationCategoryType": "public.app-category.productivity",
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,  # follow dark mode
        "NSPrincipalClass": "NSApplication",
        "NSHumanReadableCopyright": COPYRIGHT,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "GGUF language model",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",  # offered under "Open With", never taking the place of another program
                "LSItemContentTypes": [GGUF],
            }
        ],
        "UTImportedTypeDeclarations": [
            {
                "UTTypeIdentifier": GGUF,
                "UTTypeDescription": "GGUF language model",
                "UTTypeConformsTo": ["public.data"],
                "UTTypeTagSpecification": {"public.filename-extension": ["gguf"]},
            }
        ],
    }


def numbers(version: str) -> str:
    """One to three numbers, as macOS wants: 1.2.3rc1 is 1.2.3."""
    found = re.match(r"\d+(?:\.\d+){0,2}", version)
    if found is None:
        raise ValueError(f"no version: {version!r}")
    return found[0]
