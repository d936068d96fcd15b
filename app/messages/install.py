"""Codes of installing a model, and of what it answers."""

from __future__ import annotations

from app.messages.text import Text
from app.settings import QT_TRANSLATE_NOOP

MESSAGES: dict[str, Text] = {
    "install-nothing": Text(
        QT_TRANSLATE_NOOP("Messages", "Nothing to install was chosen."),
        QT_TRANSLATE_NOOP("Messages", "Choose a model or a file."),
    ),
    "install-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} is not in the list of models."),
        QT_TRANSLATE_NOOP("Messages", "Check the name, or give a repository or a file."),
    ),
    "install-unusable": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} cannot be used."),
        QT_TRANSLATE_NOOP("Messages", "Take {instead} instead."),
    ),
    "install-guide": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} comes with the app."),
        QT_TRANSLATE_NOOP("Messages", "There is nothing to install."),
    ),
    "install-type": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} is not offered as {type}."),
        QT_TRANSLATE_NOOP("Messages", "Choose one of the listed types."),
    ),
    "install-no-file": Text(
        QT_TRANSLATE_NOOP("Messages", "It is not clear which GGUF file of {repository} is meant ({count} there)."),
        QT_TRANSLATE_NOOP("Messages", "Choose one."),
    ),
    "install-no-files": Text(
        QT_TRANSLATE_NOOP("Messages", "No files of {name} were found in {path}."),
        QT_TRANSLATE_NOOP("Messages", "Choose the folder or archive that holds them."),
    ),
    "install-have": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} ({type}) is already in the library."),
        QT_TRANSLATE_NOOP("Messages", "Install it once more only if you want a second copy."),
    ),
    "install-twice": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} is already being installed."),
        QT_TRANSLATE_NOOP("Messages", "Resume or cancel that install."),
    ),
    "install-gone": Text(
        QT_TRANSLATE_NOOP("Messages", "This install no longer exists."),
        QT_TRANSLATE_NOOP("Messages", "Start it anew."),
    ),
    "install-elsewhere": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} is being installed by another ChatBELLE (process {process})."),
        QT_TRANSLATE_NOOP("Messages", "Pause or cancel it there, or wait until it is done."),
    ),
    "install-not-ended": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "Another ChatBELLE (process {process}) was asked to end the install of {name} and still has it."
        ),
        QT_TRANSLATE_NOOP("Messages", "Close that program, then cancel again."),
    ),
    "install-unreadable": Text(
        QT_TRANSLATE_NOOP("Messages", "What an interrupted install had done cannot be read ({path})."),
        QT_TRANSLATE_NOOP("Messages", "Cancel it to free the space, then install again."),
    ),
    "memory-too-small": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} needs {need_gb} GB of memory; this computer has {total_gb} GB."),
        QT_TRANSLATE_NOOP("Messages", "Choose a smaller model or type."),
    ),
    "memory-not-free": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} needs {need_gb} GB of memory; {free_gb} GB are free now."),
        QT_TRANSLATE_NOOP("Messages", "Close other programs, or choose a smaller type."),
    ),
    "memory-tight": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} needs {need_gb} of the {free_gb} GB of free memory."),
        QT_TRANSLATE_NOOP("Messages", "It works, but other programs may become slow."),
    ),
    "move-installs": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "Unfinished installs ({count}, for example {name}) are in the way of moving to {path}."
        ),
        QT_TRANSLATE_NOOP("Messages", "Pause them (for another drive: finish or cancel them), then move."),
    ),
    "note-file-other": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is not the published file of {name}."),
        QT_TRANSLATE_NOOP("Messages", "If the answers are poor, fetch it again."),
    ),
    "note-not-tried": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} was not tried: it needs more memory than this computer has."),
        QT_TRANSLATE_NOOP("Messages", "Choose a smaller type if it does not load."),
    ),
    "answer-empty": Text(
        QT_TRANSLATE_NOOP("Messages", "The model loads but answers nothing."),
        QT_TRANSLATE_NOOP("Messages", "Install it again, or choose another type."),
    ),
    "answer-mojibake": Text(
        QT_TRANSLATE_NOOP("Messages", "The model answers, but in garbled letters: “{answer}”."),
        QT_TRANSLATE_NOOP("Messages", "The file or its vocabulary is probably damaged; install it again."),
    ),
    "answer-repeats": Text(
        QT_TRANSLATE_NOOP("Messages", "The model answers, but repeats “{unit}” without end."),
        QT_TRANSLATE_NOOP("Messages", "Try a larger type, or another prompt template."),
    ),
    "answer-not-chinese": Text(
        QT_TRANSLATE_NOOP("Messages", "The model answers, but not in Chinese: “{answer}”."),
        QT_TRANSLATE_NOOP("Messages", "It may be a base model or another model."),
    ),
}
