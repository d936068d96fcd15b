"""Amounts, times and names as the wizard's pages say them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.runtime.models.installs import InstallStep
from app.runtime.models.memory import Fit, Verdict
from app.runtime.models.setup_steps import Step
from app.settings import QT_TRANSLATE_NOOP
from app.ui.chat.header import gigabytes
from app.ui.i18n import tr as translated

if TYPE_CHECKING:
    from app.runtime.models.catalogue import Model, ModelTarget

STEPS = {
    Step.WELCOME: QT_TRANSLATE_NOOP("SetupWords", "Welcome"),
    Step.FOLDER: QT_TRANSLATE_NOOP("SetupWords", "Folder"),
    Step.MODEL: QT_TRANSLATE_NOOP("SetupWords", "Choose a model"),
    Step.KEY: QT_TRANSLATE_NOOP("SetupWords", "Key file"),
    Step.TOKENIZER: QT_TRANSLATE_NOOP("SetupWords", "Tokenizer"),
    Step.INSTALL: QT_TRANSLATE_NOOP("SetupWords", "Download and install"),
    Step.READY: QT_TRANSLATE_NOOP("SetupWords", "Done"),
}
FITS = {
    Fit.FITS: ("ok", QT_TRANSLATE_NOOP("SetupWords", "fits")),
    Fit.TIGHT: ("warn", QT_TRANSLATE_NOOP("SetupWords", "tight")),
    Fit.TOO_SMALL: ("danger", QT_TRANSLATE_NOOP("SetupWords", "too big")),
}
INSTALL_STEPS = {
    InstallStep.DOWNLOAD: ("download", QT_TRANSLATE_NOOP("SetupWords", "Download the model")),
    InstallStep.KEY_TEST: ("key", QT_TRANSLATE_NOOP("SetupWords", "Test the key file")),
    InstallStep.CONVERT: ("refresh", QT_TRANSLATE_NOOP("SetupWords", "Convert and quantize")),
    InstallStep.VERIFY: ("check-circle", QT_TRANSLATE_NOOP("SetupWords", "Verify")),
    InstallStep.TRY: ("chat", QT_TRANSLATE_NOOP("SetupWords", "Try it")),
}
# The key test needs the first small files only, so it comes before the gigabytes
SHOWN_STEPS = (InstallStep.KEY_TEST, InstallStep.DOWNLOAD, InstallStep.CONVERT, InstallStep.VERIFY, InstallStep.TRY)
LICENCES = {
    "apache-2.0": "Apache-2.0",
    "gpl-3.0": "GPL-3.0",
    "llama2": "Llama 2 Community License",
    "mit": "MIT",
}


def words(source: str, **values: object) -> str:
    """A text of this module in the interface language."""
    return translated("SetupWords", source).format(**values)


def amount(size: int) -> str:
    """Bytes as people say them: `4.0 GB`, `212 GB`, `11 MB`."""
    return f"{size / 1e9:.0f} GB" if size >= 99.95e9 else gigabytes(size)


def joined(*sentences: str) -> str:
    """Sentences after each other: with a space, but not after Chinese marks, which have room of their own."""
    text = ""
    for one in sentences:
        text += f"{'' if not text or text[-1] in '。！？；：，' else ' '}{one}" if one else ""
    return text


def fit_word(verdict: Verdict) -> tuple[str, str]:
    """(tone, word) of a tag."""
    tone, word = FITS[verdict.fit]
    return tone, words(word)


def numbers(verdict: Verdict) -> str:
    """What stands beside the tag."""
    need, rest = amount(verdict.need), verdict.left
    if rest < 0:
        return words(QT_TRANSLATE_NOOP("SetupWords", "needs {need}, {left} short"), need=need, left=amount(-rest))
    return words(QT_TRANSLATE_NOOP("SetupWords", "needs {need}, {left} left"), need=need, left=amount(rest))


def target_facts(model: Model, target: ModelTarget) -> tuple[str, ...]:
    """Base, download and size when installed."""
    facts = [model.base]
    if target.download:
        facts.append(words(QT_TRANSLATE_NOOP("SetupWords", "{size} download"), size=amount(target.download)))
    installed = QT_TRANSLATE_NOOP("SetupWords", "{size} installed ({type})")
    return (*facts, words(installed, size=amount(target.size), type=target.type))


def about(seconds: float) -> str:
    """A time that is only estimated."""
    minutes = max(1, round(seconds / 60))
    if seconds < 45:
        return words(QT_TRANSLATE_NOOP("SetupWords", "less than a minute"))
    if minutes == 1:
        return words(QT_TRANSLATE_NOOP("SetupWords", "about 1 minute"))
    if minutes < 60:
        return words(QT_TRANSLATE_NOOP("SetupWords", "about {n} minutes"), n=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours >= 6 or minutes < 5:
        hours += minutes >= 30
        if hours == 1:
            return words(QT_TRANSLATE_NOOP("SetupWords", "about 1 hour"))
        return words(QT_TRANSLATE_NOOP("SetupWords", "about {n} hours"), n=hours)
    return words(QT_TRANSLATE_NOOP("SetupWords", "about {h} h {m} min"), h=hours, m=minutes)


def left(seconds: float) -> str:
    """How long something will still take."""
    minutes = max(1, round(seconds / 60))
    if minutes == 1:
        return words(QT_TRANSLATE_NOOP("SetupWords", "about 1 minute left"))
    if minutes < 60:
        return words(QT_TRANSLATE_NOOP("SetupWords", "about {n} minutes left"), n=minutes)
    return words(QT_TRANSLATE_NOOP("SetupWords", "{time} left"), time=about(seconds))


def clock(now: datetime, seconds: float) -> str:
    """The time of day in `seconds`, to the minute."""
    return (now + timedelta(seconds=seconds)).strftime("%H:%M")


def rate(bytes_a_second: float) -> str:
    if bytes_a_second >= 1e6:
        return words(QT_TRANSLATE_NOOP("SetupWords", "{n} MB/s"), n=f"{bytes_a_second / 1e6:.1f}")
    return words(QT_TRANSLATE_NOOP("SetupWords", "{n} kB/s"), n=max(1, round(bytes_a_second / 1e3)))


def licence(name: str) -> str:
    return LICENCES.get(name, name)
