"""What a row of the models table says: a pure function of what is known about a model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.runtime.models.records import Condition
from app.ui.context import GUIDE
from app.ui.models.words import beginning, can_shrink, day, kind_of_model, sentences, size, translate

if TYPE_CHECKING:
    from app.runtime.models.catalogue import Catalogue, Model
    from app.runtime.models.memory import Verdict
    from app.runtime.models.records import Entry

OWNERS = ("BelleGroup", "BELLE-2")
NOT_USED, LOADING, ASIDE, IN_USE = "", "loading", "aside", "in-use"


@dataclass(frozen=True)
class RowState:
    """`tag` stands beside the name, `verdict` in the memory column, each as (word, tone). `main`: what the row's
    button does: use, release, shrink, verify, find, look, download or nothing. `problem`: why it cannot be used."""

    id: str
    name: str
    about: str
    size: str
    kind: tuple[str, ...]
    verdict: tuple[str, str] | None
    verdict_note: str
    source: str
    source_note: str
    main: str
    tag: tuple[str, str] | None = None
    problem: str = ""
    path: str = ""

    @property
    def guide(self) -> bool:
        return self.id == GUIDE


def guide_row(use: str, fraction: float = 0.0) -> RowState:
    return RowState(
        id=GUIDE,
        name=translate("Models", "Built-in guide"),
        about=translate("Models", "Only answers questions about this app"),
        size=translate("Models", "Comes with the app"),
        kind=(translate("Models", "small model"),),
        verdict=(translate("Models", "Built in"), "neutral"),
        verdict_note=translate("Models", "Fits any computer"),
        source="ChatBELLE",
        source_note=translate("Models", "Cannot be removed"),
        main="release" if use == IN_USE else "use",
        tag=use_tag(use, fraction),
    )


def row_of(
    entry: Entry, catalogue: Catalogue, verdict: Verdict | None, use: str, language: str, fraction: float = 0.0
) -> RowState:
    """`use`: NOT_USED, LOADING (then `fraction` says how far), ASIDE or IN_USE."""
    manifest = entry.manifest
    model = catalogue.find(manifest.model) if manifest.model else None
    tag, problem, main = _condition(entry, model)
    source, note = _source(entry, model, language)
    word = verdict_tag(verdict) if verdict is not None and not problem else None
    if not problem:
        tag = use_tag(use, fraction)
        short = word is not None and word[1] == "danger" and can_shrink(manifest.quantization)
        main = "release" if use == IN_USE else "shrink" if short else "use"
    return RowState(
        id=manifest.id,
        name=manifest.name,
        about=_about(model, language),
        size=size(manifest.size),
        kind=tuple(part for part in (manifest.quantization, _base(entry, model)) if part),
        verdict=word,
        verdict_note=verdict_words(verdict) if verdict is not None and not problem else "",
        source=source,
        source_note=note,
        main=main,
        tag=tag,
        problem=problem,
        path=str(manifest.path),
    )


def leaving(row: RowState) -> RowState:
    """While it is being removed nothing can be done with it."""
    return replace(row, tag=(translate("Models", "Removing…"), "neutral"), main="")


def use_tag(use: str, fraction: float) -> tuple[str, str] | None:
    if use == ASIDE:
        return translate("Models", "Set aside"), "neutral"
    if use == LOADING:
        return translate("Models", "Loading {percent}%").format(percent=round(fraction * 100)), "accent"
    return (translate("Models", "In use"), "accent") if use == IN_USE else None


def _about(model: Model | None, language: str) -> str:
    if model is None:
        return translate("Models", "No description yet")
    return beginning(model.good_for.text(language))


def _base(entry: Entry, model: Model | None) -> str:
    return model.base if model is not None else kind_of_model(entry.manifest.architecture, entry.manifest.parameters)


def verdict_tag(verdict: Verdict) -> tuple[str, str]:
    """(word, tone)."""
    words = {
        "fits": (translate("Models", "Fits"), "ok"),
        "tight": (translate("Models", "Tight"), "warn"),
        "too-small": (translate("Models", "Too big"), "danger"),
    }
    return words[verdict.fit.value]


def verdict_words(verdict: Verdict) -> str:
    """The number that stands beside the word."""
    if verdict.left < 0:
        return translate("Models", "{size} short").format(size=size(-verdict.left))
    return translate("Models", "needs {size}").format(size=size(verdict.need))


def _source(entry: Entry, model: Model | None, language: str) -> tuple[str, str]:
    """Where it comes from, and how or when it came."""
    manifest = entry.manifest
    if not manifest.owned:
        return translate("Models", "Local file"), str(manifest.path)
    added = day(manifest.added, language) if manifest.added else ""
    if not manifest.repository:
        return translate("Models", "Local file"), translate("Models", "added {date}").format(
            date=added
        ) if added else ""
    owner = manifest.repository.removeprefix("https://huggingface.co/").partition("/")[0]
    source = translate("Models", "BELLE project") if owner in OWNERS else owner
    if model is not None and model.key is not None:
        return source, translate("Models", "Restored with the key file")
    return source, translate("Models", "downloaded {date}").format(date=added) if added else ""


def _condition(entry: Entry, model: Model | None) -> tuple[tuple[str, str] | None, str, str]:
    """(tag, why it cannot be used, what the row's button does); nothing for a model that is whole."""
    manifest, path = entry.manifest, str(entry.manifest.path)
    match entry.condition:
        case Condition.MISSING:
            text = translate(
                "Models", "{path} is not there any more. Connect its drive or put the file back, then look again."
            )
            if not manifest.owned:
                text = translate(
                    "Models", "{path} is not there any more. Say where it is now, or connect its drive and look again."
                )
            tag = (translate("Models", "Missing"), "warn")
            return tag, text.format(path=path), "look" if manifest.owned else "find"
        case Condition.CHANGED:
            text = translate("Models", "The file was changed since it was checked. Verify it again before you use it.")
            return (translate("Models", "Changed"), "warn"), text, "verify"
        case Condition.DAMAGED:
            again = manifest.owned and model is not None
            text = translate("Models", "The file no longer holds what was checked: it is damaged.")
            advice = translate("Models", "Download it again; the damaged file can then be removed.")
            if not again:
                advice = translate("Models", "Replace it by a good copy and verify it, or remove it.")
            return (
                (translate("Models", "Damaged"), "danger"),
                sentences(text, advice),
                "download" if again else "verify",
            )
    return None, "", ""
