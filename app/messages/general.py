"""Codes of the window, the history and the engine."""

from __future__ import annotations

from app.messages.text import Text
from app.settings import QT_TRANSLATE_NOOP

MESSAGES: dict[str, Text] = {
    "internal-bug": Text(
        QT_TRANSLATE_NOOP("Messages", "Something went wrong inside ChatBELLE ({kind})."),
        QT_TRANSLATE_NOOP("Messages", "Copy the report and send it to us; your chats are safe."),
    ),
    "history-newer": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "Your chats were saved by a newer ChatBELLE (format {found}, known here: {known})."
        ),
        QT_TRANSLATE_NOOP("Messages", "Install the newest ChatBELLE. Your chats were not changed."),
    ),
    "history-locked": Text(
        QT_TRANSLATE_NOOP("Messages", "Another program is using your chat history ({path})."),
        QT_TRANSLATE_NOOP("Messages", "Close other ChatBELLE windows or the backup that is running, then try again."),
    ),
    "history-unwritable": Text(
        QT_TRANSLATE_NOOP("Messages", "The chat history cannot be written to {path}."),
        QT_TRANSLATE_NOOP("Messages", "Check that the folder exists and that you may write to it, then try again."),
    ),
    "history-damaged": Text(
        QT_TRANSLATE_NOOP("Messages", "The chat history was damaged; it is kept as {path}."),
        QT_TRANSLATE_NOOP("Messages", "A new, empty history was started. A backup of the old file can be put back."),
    ),
    "disk-full": Text(
        QT_TRANSLATE_NOOP("Messages", "The disk that holds {path} is full."),
        QT_TRANSLATE_NOOP("Messages", "Free some space, then try again."),
    ),
    "chat-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "That chat is no longer there."),
        QT_TRANSLATE_NOOP("Messages", "Choose another chat or start a new one."),
    ),
    "model-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "There is no model called {name}."),
        QT_TRANSLATE_NOOP(
            "Messages", "Use guide, an installed model (chatbelle models list), or the path of a GGUF file."
        ),
    ),
    "window-hung": Text(
        QT_TRANSLATE_NOOP("Messages", "ChatBELLE is running already, but its window does not answer ({path})."),
        QT_TRANSLATE_NOOP("Messages", "Wait a little, or end it in the task manager; then start it again."),
    ),
    "self-test-answer": Text(
        QT_TRANSLATE_NOOP("Messages", "The built-in guide gave no fitting answer to: {question}"),
        QT_TRANSLATE_NOOP("Messages", "Install ChatBELLE again; its files may be damaged."),
    ),
    "self-test-files": Text(
        QT_TRANSLATE_NOOP("Messages", "Files of ChatBELLE are missing: {files}"),
        QT_TRANSLATE_NOOP("Messages", "Install ChatBELLE again; its files may be damaged."),
    ),
    "self-test-parts": Text(
        QT_TRANSLATE_NOOP("Messages", "Parts of ChatBELLE cannot be loaded: {parts}"),
        QT_TRANSLATE_NOOP("Messages", "Install ChatBELLE again, and the system's libraries that are named."),
    ),
    "self-test-processor": Text(
        QT_TRANSLATE_NOOP("Messages", "llama.cpp has no part that runs on this computer's processor."),
        QT_TRANSLATE_NOOP("Messages", "Install the ChatBELLE build for your processor."),
    ),
    "self-test-window": Text(
        QT_TRANSLATE_NOOP("Messages", "The window does not open (exit code {exit_code}): {detail}"),
        QT_TRANSLATE_NOOP("Messages", "Install the system's libraries that are named, or ChatBELLE again."),
    ),
    "model-file-unreadable": Text(
        QT_TRANSLATE_NOOP("Messages", "The model file {path} is damaged or incomplete ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Download or convert it again, or choose another model."),
    ),
    "model-file-not-gguf": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is not a GGUF model file."),
        QT_TRANSLATE_NOOP("Messages", "Choose a file that ends in .gguf, or convert this one first."),
    ),
    "model-architecture-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "This ChatBELLE cannot run models of the kind {architecture} ({path})."),
        QT_TRANSLATE_NOOP("Messages", "Choose another model, or install a newer ChatBELLE."),
    ),
    "model-out-of-memory": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "There is not enough memory for {path}: it needs more than {need_gb} GB, {free_gb} GB are free.",
        ),
        QT_TRANSLATE_NOOP("Messages", "Close other programs, choose a smaller model, or set a shorter context."),
    ),
    "no-model": Text(
        QT_TRANSLATE_NOOP("Messages", "No model is loaded."),
        QT_TRANSLATE_NOOP("Messages", "Choose a model first."),
    ),
    "message-too-long": Text(
        QT_TRANSLATE_NOOP("Messages", "The message is too long: {tokens} tokens, and the model can hold {context}."),
        QT_TRANSLATE_NOOP("Messages", "Shorten it, or set a longer context in the settings."),
    ),
    "chat-template-unusable": Text(
        QT_TRANSLATE_NOOP("Messages", "The chat template inside this model file cannot be used ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Choose another file of this model."),
    ),
    "trial-crashed": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "The model file {path} crashed when it was tried ({reason}). ChatBELLE itself is not affected.",
        ),
        QT_TRANSLATE_NOOP(
            "Messages",
            "Download or convert it again, choose another model, or switch off the graphics card.",
        ),
    ),
    "trial-illegal-instruction": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "This computer's processor lacks an instruction that {path} needs here. ChatBELLE itself is not affected.",
        ),
        QT_TRANSLATE_NOOP("Messages", "Install the ChatBELLE build for your processor, or choose another model."),
    ),
    "trial-out-of-memory": Text(
        QT_TRANSLATE_NOOP("Messages", "The memory ran out when {path} was tried."),
        QT_TRANSLATE_NOOP("Messages", "Close other programs, choose a smaller model, or set a shorter context."),
    ),
    "trial-timeout": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} did not answer within {seconds} seconds when it was tried."),
        QT_TRANSLATE_NOOP("Messages", "Close other programs and try again, or choose a smaller model."),
    ),
    "model-file-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "The model file {path} is not there."),
        QT_TRANSLATE_NOOP("Messages", "Choose another model or put the file back."),
    ),
}
