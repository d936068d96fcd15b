"""Interface languages from `assets/i18n/*.ts` (Qt Linguist files), without Qt: the command line reads them too.

`app.ui.i18n` feeds the same tables to Qt, so a text has one source and no compiled file can be stale.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING

from app.errors import AppError
from app.resources import assets

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Table = dict[tuple[str, str], tuple[str, ...]]


@functools.cache
def table(language: str) -> Table:
    """(context, source) -> translation; several forms if the text has a plural. Missing file: empty table."""
    path = assets() / "i18n" / f"{language}.ts"
    if not path.is_file():
        return {}
    import xml.etree.ElementTree as ElementTree

    found: Table = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            forms = _forms(message.find("translation"))
            if forms:
                found[name, message.findtext("source") or ""] = forms
    return found


def _forms(translation: Element | None) -> tuple[str, ...]:
    if translation is None or translation.get("type") in ("unfinished", "vanished", "obsolete"):
        return ()
    plurals = [form.text or "" for form in translation.iter("numerusform")]
    return tuple(plurals) if plurals else (translation.text,) if translation.text else ()


def translate(context: str, source: str, language: str, n: int = -1) -> str:
    """`source` in `language`, or `source` itself where there is no translation. `n` chooses a plural form."""
    forms = table(language).get((context, source))
    if not forms:
        return source
    return forms[0 if n == 1 or len(forms) == 1 else 1]


def words(error: AppError, language: str) -> tuple[str, str]:
    """(what happened, what to do next) of an error in `language`; an unknown code reads as an internal bug."""
    from app.messages import MESSAGES  # most starts show no error

    text = MESSAGES.get(error.code) or MESSAGES["internal-bug"]
    facts = {"kind": error.code, **error.params}
    what, then = (translate("Messages", part, language).format(**facts) for part in (text.what, text.next))
    return what, then


def system_language() -> str:
    """`zh_CN` for any Chinese system locale, else `en`. `CHATBELLE_LANG` wins."""
    names = [os.environ.get(name, "") for name in ("CHATBELLE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    chosen = next((name for name in names if name), "")
    if not chosen and sys.platform in ("win32", "darwin"):
        import locale

        chosen = locale.getlocale()[0] or ""
    return "zh_CN" if chosen.lower().startswith(("zh", "chinese")) else "en"
