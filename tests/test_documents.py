"""Documents that are made from code are current, and pictures that are named exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import formats_doc, settings_doc

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_settings_page_is_current() -> None:
    assert settings_doc.TARGET.read_text("utf-8") == settings_doc.text()


def test_formats_table_is_current() -> None:
    assert formats_doc.TARGET.read_text("utf-8") == formats_doc.text()
    assert formats_doc.table() in formats_doc.text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", document.read_text("utf-8"))
    missing = [one for one in targets if "://" not in one and not (document.parent / one).exists()]
    assert missing == []
