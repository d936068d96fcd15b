"""Bring `assets/i18n/zh_CN.ts` up to date with the sources, and fill in translations from a table.

python tools/i18n.py                 extract texts (pyside6-lupdate), list what is not translated
python tools/i18n.py --fill FILE     also take translations from FILE: context, source, translation by tabs
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "assets" / "i18n" / "zh_CN.ts"


def extract(target: Path) -> None:
    """Run lupdate over `app/`, keeping the translations that `target` already has."""
    sources = sorted(str(path) for path in (ROOT / "app").rglob("*.py"))
    command = ["-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", "zh_CN"]
    tool = Path(sys.executable).parent / "pyside6-lupdate"
    subprocess.run([tool, *sources, *command, "-ts", str(target)], check=True, capture_output=True)


def fill(target: Path, table: Path) -> None:
    """Take the translations of `table`; an empty context matches every context."""
    wanted: dict[tuple[str, str], str] = {}
    for line in table.read_text("utf-8").splitlines():
        parts = line.rstrip("\n").split("\t")
        if len(parts) == 3:
            context, source, translation = (part.replace("\\n", "\n") for part in parts)
            wanted[context, source] = translation
            wanted.setdefault(("", source), translation)
    tree = ElementTree.parse(target)
    for context in tree.getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            source = message.findtext("source") or ""
            element = message.find("translation")
            found = wanted.get((name, source)) or wanted.get(("", source))
            if element is not None and found and (element.get("type") == "unfinished" or not element.text):
                element.text = found
                element.attrib.pop("type", None)
    tree.write(target, encoding="utf-8", xml_declaration=True)


def unfinished(target: Path) -> list[tuple[str, str]]:
    """(context, source) of every text without a translation."""
    missing = []
    for context in ElementTree.parse(target).getroot().iter("context"):
        for message in context.iter("message"):
            element = message.find("translation")
            if element is None or element.get("type") == "unfinished" or not element.text:
                missing.append((context.findtext("name") or "", message.findtext("source") or ""))
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fill", type=Path, action="append", default=[])
    arguments = parser.parse_args()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    extract(TARGET)
    for table in arguments.fill:
        fill(TARGET, table)
    missing = unfinished(TARGET)
    for context, source in missing:
        print(f"{context}\t{source}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
