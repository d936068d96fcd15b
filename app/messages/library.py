"""Codes of the models folder: library, moving, packs, files from a netdisk, and what this computer can hold."""

from __future__ import annotations

from app.messages.text import Text
from app.settings import QT_TRANSLATE_NOOP

MESSAGES: dict[str, Text] = {
    "library-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "There is no model {name} in the library."),
        QT_TRANSLATE_NOOP("Messages", "Look at the list again."),
    ),
    "library-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} is gone: {path} is not there."),
        QT_TRANSLATE_NOOP("Messages", "Put the file back, say where it is now, or remove the entry."),
    ),
    "library-drive-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "The drive with {name} is not connected ({path})."),
        QT_TRANSLATE_NOOP("Messages", "Connect it."),
    ),
    "library-changed": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} was changed since it was checked."),
        QT_TRANSLATE_NOOP("Messages", "Verify {name} again."),
    ),
    "library-linked-changed": Text(
        QT_TRANSLATE_NOOP("Messages", "Another program changed your file {path}."),
        QT_TRANSLATE_NOOP("Messages", "Verify {name} again."),
    ),
    "library-damaged": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} is damaged: its checksum is wrong."),
        QT_TRANSLATE_NOOP("Messages", "Install it again."),
    ),
    "library-linked-damaged": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is no longer the file that was added as {name}."),
        QT_TRANSLATE_NOOP("Messages", "If that is right, remove the entry and add the file again."),
    ),
    "library-folder-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "The models folder {path} is not there."),
        QT_TRANSLATE_NOOP("Messages", "Connect its drive or choose another folder."),
    ),
    "library-manifest-damaged": Text(
        QT_TRANSLATE_NOOP("Messages", "The description {path} cannot be read ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "The model file was not touched; add it again."),
    ),
    "library-newer": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} was written by a newer ChatBELLE and is left as it is."),
        QT_TRANSLATE_NOOP("Messages", "Install the newest version to change it."),
    ),
    "library-moving": Text(
        QT_TRANSLATE_NOOP("Messages", "The move of {path} to {target} is not finished."),
        QT_TRANSLATE_NOOP("Messages", "Continue or undo it first."),
    ),
    "library-busy": Text(
        QT_TRANSLATE_NOOP("Messages", "ChatBELLE is already copying into {path}."),
        QT_TRANSLATE_NOOP("Messages", "Wait until that is done."),
    ),
    "library-no-model": Text(
        QT_TRANSLATE_NOOP("Messages", "There is no GGUF file in {path}."),
        QT_TRANSLATE_NOOP("Messages", "Choose another folder, or convert the model."),
    ),
    "library-several": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} holds several models ({names})."),
        QT_TRANSLATE_NOOP("Messages", "Choose one file."),
    ),
    "library-not-gguf": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is not a GGUF file ({kind})."),
        QT_TRANSLATE_NOOP("Messages", "Convert it first."),
    ),
    "library-split": Text(
        QT_TRANSLATE_NOOP("Messages", "This model is in {parts} files."),
        QT_TRANSLATE_NOOP("Messages", "Let ChatBELLE join them into one (convert, keep the numbers)."),
    ),
    "library-not-linked": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} belongs to the library itself and has no other place."),
        QT_TRANSLATE_NOOP("Messages", "Install it again if it is missing."),
    ),
    "library-other-file": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is not the file that was added as {name}."),
        QT_TRANSLATE_NOOP("Messages", "Choose another, or add it as a new model."),
    ),
    "library-not-removed": Text(
        QT_TRANSLATE_NOOP("Messages", "This removal can no longer be undone."),
        QT_TRANSLATE_NOOP("Messages", "Look in the system's trash."),
    ),
    "trash-failed": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} could not be put into the trash ({detail}); it is still there."),
        QT_TRANSLATE_NOOP("Messages", "Undo the removal, or delete it by hand."),
    ),
    "move-inside": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} lies inside the present models folder {source}."),
        QT_TRANSLATE_NOOP("Messages", "Choose a folder outside it."),
    ),
    "move-target-taken": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} already holds {name}; nothing was moved."),
        QT_TRANSLATE_NOOP("Messages", "Choose an empty folder."),
    ),
    "file-in-use": Text(
        QT_TRANSLATE_NOOP("Messages", "Another program is using {path}."),
        QT_TRANSLATE_NOOP("Messages", "Close it, then try again."),
    ),
    "disk-file-too-large": Text(
        QT_TRANSLATE_NOOP("Messages", "The drive of {path} cannot hold a file as large as {file} (FAT32: 4 GB)."),
        QT_TRANSLATE_NOOP("Messages", "Choose another drive, or a pack in parts."),
    ),
    "copy-unlike": Text(
        QT_TRANSLATE_NOOP("Messages", "What was written to {path} reads back differently; the copy was dropped."),
        QT_TRANSLATE_NOOP("Messages", "Try again or use another drive."),
    ),
    "file-unlike": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} does not have the expected checksum."),
        QT_TRANSLATE_NOOP("Messages", "Take another copy."),
    ),
    "folder-is-file": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is a file."),
        QT_TRANSLATE_NOOP("Messages", "Choose a folder."),
    ),
    "folder-unwritable": Text(
        QT_TRANSLATE_NOOP("Messages", "Nothing can be written to {path} ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Choose another folder."),
    ),
    "folder-name-bad": Text(
        QT_TRANSLATE_NOOP("Messages", "Windows does not allow the name {name} in {path}."),
        QT_TRANSLATE_NOOP("Messages", "Choose another folder."),
    ),
    "folder-path-too-long": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is too long: {length} characters, Windows takes {limit}."),
        QT_TRANSLATE_NOOP("Messages", "Choose a shorter one."),
    ),
    "note-folder-network": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is on a network drive: loading will be slow."),
        QT_TRANSLATE_NOOP("Messages", "A local drive is better."),
    ),
    "note-folder-removable": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is on a removable drive: models are missing while it is unplugged."),
        QT_TRANSLATE_NOOP("Messages", "Keep it connected."),
    ),
    "note-folder-fat": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is on FAT32: files above 4 GB do not fit."),
        QT_TRANSLATE_NOOP("Messages", "Choose smaller models or another drive."),
    ),
    "note-folder-long": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is long ({length}): files in it may exceed Windows' {limit} characters."),
        QT_TRANSLATE_NOOP("Messages", "A shorter path is safer."),
    ),
    "pack-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is not a ChatBELLE pack."),
        QT_TRANSLATE_NOOP("Messages", "Choose its folder or zip file."),
    ),
    "pack-newer": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} was made by a newer ChatBELLE."),
        QT_TRANSLATE_NOOP("Messages", "Install the newest version."),
    ),
    "pack-damaged": Text(
        QT_TRANSLATE_NOOP("Messages", "The pack {file} is damaged ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Copy it again."),
    ),
    "pack-unsafe": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} holds a name that leads elsewhere ({name}); nothing was imported."),
        QT_TRANSLATE_NOOP("Messages", "Take the pack from its maker again."),
    ),
    "pack-file-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "The pack lacks {file}; nothing was imported."),
        QT_TRANSLATE_NOOP("Messages", "Copy it again."),
    ),
    "pack-file-wrong": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} of the pack is damaged; nothing was imported."),
        QT_TRANSLATE_NOOP("Messages", "Copy this file again."),
    ),
    "pack-file-too-large": Text(
        QT_TRANSLATE_NOOP("Messages", "{name} ({size_gb} GB) does not fit on the drive of {path} as one file (FAT32)."),
        QT_TRANSLATE_NOOP("Messages", "Split it into parts of 2 GB."),
    ),
    "archive-locked": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} has a password."),
        QT_TRANSLATE_NOOP("Messages", "Unpack it yourself and choose the folder."),
    ),
    "archive-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is packed in a way that cannot be read here."),
        QT_TRANSLATE_NOOP("Messages", "Unpack it and choose the folder."),
    ),
    "archive-format": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is a {format} archive, which ChatBELLE cannot look into."),
        QT_TRANSLATE_NOOP(
            "Messages", "Unpack it with the program that you use for such files, then choose the folder."
        ),
    ),
    "archive-part": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is one part of a split archive."),
        QT_TRANSLATE_NOOP("Messages", "Put all parts into one folder and unpack them, then choose what comes out."),
    ),
    "archive-no-model": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is an archive, and no model that ChatBELLE knows is in it."),
        QT_TRANSLATE_NOOP("Messages", "If it holds another model, unpack it and choose the folder."),
    ),
    "archive-unsafe": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} holds links or names given twice ({name}) and was not used."),
        QT_TRANSLATE_NOOP("Messages", "Get it again."),
    ),
    "netdisk-size": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} has {size} bytes instead of {wanted}: incomplete or another version."),
        QT_TRANSLATE_NOOP("Messages", "It will be downloaded."),
    ),
    "netdisk-hash": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} has the right size but other contents than {wanted}."),
        QT_TRANSLATE_NOOP("Messages", "It will be downloaded."),
    ),
    "netdisk-unfinished": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is an unfinished download."),
        QT_TRANSLATE_NOOP("Messages", "Finish it in the netdisk program, or let ChatBELLE fetch it."),
    ),
    "guide-only": Text(
        QT_TRANSLATE_NOOP("Messages", "No BELLE model fits into this computer's memory."),
        QT_TRANSLATE_NOOP("Messages", "The guide still works."),
    ),
    "memory-busy": Text(
        QT_TRANSLATE_NOOP("Messages", "Other programs hold the memory that a model needs."),
        QT_TRANSLATE_NOOP("Messages", "Close some of them first."),
    ),
    "few-cores": Text(
        QT_TRANSLATE_NOOP("Messages", "With so few cores answers come slowly."),
        QT_TRANSLATE_NOOP("Messages", "Take a 7B model."),
    ),
    "many-cores": Text(
        QT_TRANSLATE_NOOP("Messages", "The processor is strong enough for 13B models too."),
    ),
    "disk-short": Text(
        QT_TRANSLATE_NOOP("Messages", "No drive has room for a BELLE model."),
        QT_TRANSLATE_NOOP("Messages", "Free at least 13 GB."),
    ),
    "disk-tight": Text(
        QT_TRANSLATE_NOOP("Messages", "Space is short for the larger downloads."),
        QT_TRANSLATE_NOOP("Messages", "Take a model that is quantized already, or free 40 GB."),
    ),
    "other-drive": Text(
        QT_TRANSLATE_NOOP("Messages", "Another drive has more room."),
        QT_TRANSLATE_NOOP("Messages", "Choose it for the models folder."),
    ),
}
