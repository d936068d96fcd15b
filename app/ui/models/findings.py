"""What was found at a path, in words, and the next step: a pure function of what the recogniser says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.settings import QT_TRANSLATE_NOOP
from app.ui.models.words import can_shrink, kind_of_model, sentences, size, translate
from app.ui.widgets.message_edit import TEXTS

if TYPE_CHECKING:
    from app.errors import AppError
    from app.runtime.models.archive_contents import ArchiveContents
    from app.runtime.models.catalogue import Catalogue, Model
    from app.runtime.weights.records import Recognised
    from app.ui.i18n import Languages

SHOWN_FILES = 6
SMALLEST = 10_000  # bytes: what is smaller holds no weights, and its size says nothing
CONVERTIBLE = {
    "hugging-face": QT_TRANSLATE_NOOP("Models", "A model in Hugging Face's format"),
    "meta": QT_TRANSLATE_NOOP("Models", "Meta's original LLaMA"),
    "legacy-ggml": QT_TRANSLATE_NOOP("Models", "A model of an older llama.cpp"),
    "gptq": QT_TRANSLATE_NOOP("Models", "A model quantized with GPTQ"),
    "encrypted": QT_TRANSLATE_NOOP("Models", "An encrypted BELLE model, opened with the key"),
}
NAMES = {
    "lfs-pointer": QT_TRANSLATE_NOOP("Models", "Not the model itself, only a pointer to it"),
    "web-page": QT_TRANSLATE_NOOP("Models", "A web page instead of a model"),
    "chatbelle-int4": QT_TRANSLATE_NOOP("Models", "The model file of the old ChatBELLE app"),
    "lora": QT_TRANSLATE_NOOP("Models", "An adapter, not a whole model"),
}


@dataclass(frozen=True)
class Finding:
    """`steps` in the order of the buttons, the first one is the next step: use, join, import, convert, key, fetch,
    setup, attach, pack, unpack, again. `facts` in one line, `missing` file names, `advice` what to do if there is no
    step."""

    title: str
    text: str
    facts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    advice: str = ""
    steps: tuple[str, ...] = ()
    problem: bool = False


def identify(found: Recognised, catalogue: Catalogue) -> Model | None:
    """The row of the catalogue that the files belong to, if their names tell."""
    folder = found.path if found.kind.value == "encrypted" or not found.path.suffix else found.path.parent
    names = [folder.name, found.path.name, *found.files]
    return catalogue.identify(names)


def describe(found: Recognised, model: Model | None, languages: Languages) -> Finding:
    """What `service.recognise` found; `model` as `identify` says."""
    kind = found.kind.value
    facts = _facts(found, model)
    if found.path.suffix.lower() in TEXTS and kind == "unknown":
        return _text_file(found.path)
    if kind == "gguf" and found.complete:
        return _gguf(found, facts)
    if kind == "encrypted" and found.problem is None:
        return _encrypted(found, model, facts)
    if found.problem is not None or found.missing:
        return _broken(found, model, facts, languages)
    if kind in CONVERTIBLE:
        title = translate("Models", CONVERTIBLE[kind])
        text = translate("Models", "It has to be converted once before it can be used. The files stay as they are.")
        if kind == "meta":
            also = translate(
                "Models", "It is also the key file for BELLE's encrypted models: drop one of those to use it so."
            )
            text = sentences(text, also)
        return Finding(title, text, facts, advice=_notes(found, languages), steps=("import",))
    return unknown(found.path)


def _gguf(found: Recognised, facts: tuple[str, ...]) -> Finding:
    if len(found.files) > 1:
        return Finding(
            translate("Models", "A GGUF model in {count} parts").format(count=len(found.files)),
            translate("Models", "All parts are here. They have to be joined into one file once; the parts stay."),
            facts,
            steps=("join",),
        )
    return Finding(
        translate("Models", "A GGUF model, ready to use"),
        translate("Models", "It can be used where it is, without copying it."),
        facts,
        steps=("use", "convert") if can_shrink(found.quantization) else ("use",),
    )


def _encrypted(found: Recognised, model: Model | None, facts: tuple[str, ...]) -> Finding:
    title = translate("Models", "An encrypted BELLE model")
    if model is not None:
        title = translate("Models", "{name}, encrypted").format(name=model.name)
    text = translate(
        "Models",
        "It opens with Meta's original LLaMA file, which you must have already. ChatBELLE uses it on this computer "
        "only and does not change it.",
    )
    if found.missing and model is None:
        advice = translate("Models", "Put the missing files into the same folder, then look again.")
        return Finding(title, text, facts, found.missing, advice, ("again",), problem=True)
    advice = translate("Models", "What is missing can be downloaded as part of the install.") if found.missing else ""
    return Finding(title, text, facts, found.missing, advice, ("key",))


def _broken(found: Recognised, model: Model | None, facts: tuple[str, ...], languages: Languages) -> Finding:
    what, then = languages.words(found.problem) if found.problem is not None else ("", "")
    kind = found.kind.value
    if kind == "unknown":
        return unknown(found.path, what, then)
    title = translate("Models", NAMES[kind]) if kind in NAMES else translate("Models", "This cannot be used yet")
    steps: tuple[str, ...] = ("again",)
    if kind in ("lfs-pointer", "web-page", "chatbelle-int4", "lora"):
        steps = ("setup",)
    elif found.missing and model is not None and model.usable:
        steps = ("fetch", "again")
    return Finding(title, what, facts, found.missing, then, steps, problem=True)


def unknown(path: Path, what: str = "", then: str = "") -> Finding:
    """What nobody recognises."""
    if path.suffix.lower() in TEXTS:
        return _text_file(path)
    text = what or translate("Models", "{name} is not a model that ChatBELLE knows.").format(name=path.name)
    advice = then or translate(
        "Models", "Choose the folder of a BELLE model, a .gguf file, an offline pack or an older llama.cpp file."
    )
    return Finding(translate("Models", "Not recognised"), text, advice=advice, steps=("setup",), problem=True)


def _text_file(path: Path) -> Finding:
    return Finding(
        translate("Models", "A text file"),
        translate("Models", "{name} is no model. It can be put into your next message.").format(name=path.name),
        steps=("attach",),
    )


def pack(models: tuple[Any, ...]) -> Finding:
    """An offline pack and the models in it."""
    names = translate("Models", ", ").join(one.name for one in models)
    licences = tuple(dict.fromkeys(one.license for one in models if one.license))
    return Finding(
        translate("Models", "An offline pack"),
        translate("Models", "It holds: {names}. Every file is checked while it is imported.").format(names=names),
        (size(sum(one.size for one in models)), *licences),
        steps=("pack",),
    )


def archive(found: ArchiveContents) -> Finding:
    """An archive with a model's files."""
    if found.model is None:
        names = translate("Models", ", ").join(found.files[:SHOWN_FILES])
        text = translate("Models", "It holds {names}. Which model that is cannot be told from the names.")
        advice = translate("Models", "Unpack it, then drop the folder here.")
        title = translate("Models", "An archive with model files")
        return Finding(title, text.format(names=names), (size(found.size),), (), advice, ("again",), problem=True)
    return Finding(
        translate("Models", "{name}, in an archive").format(name=found.model.name),
        translate("Models", "Its files are used without your unpacking it; what is missing is downloaded."),
        (found.model.base, size(found.size)),
        steps=("key",) if found.model.key else ("unpack",),
    )


def packed(path: Path, error: AppError, languages: Languages) -> Finding:
    """Why an archive or a pack cannot be looked into."""
    what, then = languages.words(error)
    if error.code == "archive-no-model":
        return unknown(path, what, then)
    title = translate("Models", "An archive that has to be unpacked first")
    if not error.code.startswith("archive-"):
        title = translate("Models", "This cannot be used yet")
    return Finding(title, what, advice=then, steps=("again",), problem=True)


def missing_words(missing: tuple[str, ...]) -> str:
    """The first few of the missing files."""
    shown = translate("Models", ", ").join(missing[:SHOWN_FILES])
    if len(missing) > SHOWN_FILES:
        return translate("Models", "Missing: {names} and {count} more").format(
            names=shown, count=len(missing) - SHOWN_FILES
        )
    return translate("Models", "Missing: {names}").format(names=shown)


def _facts(found: Recognised, model: Model | None) -> tuple[str, ...]:
    base = model.base if model is not None else kind_of_model(found.architecture, found.parameters)
    parts = (found.quantization, base, size(found.size) if found.size >= SMALLEST else "")
    return tuple(part for part in parts if part)


def _notes(found: Recognised, languages: Languages) -> str:
    def words(note: AppError) -> str:
        return sentences(*languages.words(note))

    return "\n".join(words(note) for note in found.notes)
