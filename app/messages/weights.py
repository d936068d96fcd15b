"""Codes of `app.runtime.weights`: sources, keys, and what is written. Notes are told although nothing failed."""

from __future__ import annotations

from app.messages.text import Text
from app.settings import QT_TRANSLATE_NOOP

MESSAGES: dict[str, Text] = {
    "weights-missing-file": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is not there."),
        QT_TRANSLATE_NOOP("Messages", "Check the path, or choose another file."),
    ),
    "weights-unreadable": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} cannot be read ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Check the disk and that you may read the file, then try again."),
    ),
    "weights-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is not a model file that ChatBELLE knows."),
        QT_TRANSLATE_NOOP("Messages", "Choose the folder of a BELLE model, a .gguf file, or an older llama.cpp file."),
    ),
    "weights-empty": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is empty: nothing was downloaded."),
        QT_TRANSLATE_NOOP("Messages", "Download it again."),
    ),
    "weights-truncated": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is incomplete: it ends too early."),
        QT_TRANSLATE_NOOP("Messages", "Download it again; the download was cut off."),
    ),
    "weights-damaged": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is damaged ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Download it again, or take another copy."),
    ),
    "weights-unsafe": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "{file} holds a program instead of weights: it asks for {name}. Nothing of it was run."
        ),
        QT_TRANSLATE_NOOP("Messages", "Delete it and take the file from its official source."),
    ),
    "weights-version": Text(
        QT_TRANSLATE_NOOP("Messages", "{file}: {format} version {version} is not known."),
        QT_TRANSLATE_NOOP("Messages", "Take a newer copy of this model, or install a newer ChatBELLE."),
    ),
    "weights-type": Text(
        QT_TRANSLATE_NOOP("Messages", "{file}: tensor {tensor} has the type {type}, which cannot be read."),
        QT_TRANSLATE_NOOP("Messages", "Take a copy of this model in another format."),
    ),
    "weights-big-endian": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} was made for big-endian computers."),
        QT_TRANSLATE_NOOP("Messages", "Take a little-endian copy of this model."),
    ),
    "weights-web-page": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is a web page, not a model: the download failed."),
        QT_TRANSLATE_NOOP("Messages", "Download it again, perhaps from another source."),
    ),
    "weights-lfs-pointer": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is only a Git LFS pointer; the weights themselves were not downloaded."),
        QT_TRANSLATE_NOOP("Messages", "Run “git lfs pull” in its folder, or download the file itself."),
    ),
    "weights-lora": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is a LoRA adapter, not a whole model."),
        QT_TRANSLATE_NOOP("Messages", "Choose the whole model that it belongs to."),
    ),
    "weights-chatbelle": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "{file} is the private format of the first ChatBELLE app; no other program can read it."
        ),
        QT_TRANSLATE_NOOP("Messages", "Take BELLE-7B-2M or a decrypted BELLE-LLaMA model instead."),
    ),
    "weights-files-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "{file}: files are missing: {missing}."),
        QT_TRANSLATE_NOOP("Messages", "Put them into the same folder, then try again."),
    ),
    "weights-tensor-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "{file}: the tensor {tensor} is missing."),
        QT_TRANSLATE_NOOP("Messages", "Some of the files are missing or belong to another model; download them again."),
    ),
    "weights-tensor-unknown": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} holds a tensor {tensor} that this kind of model does not have."),
        QT_TRANSLATE_NOOP("Messages", "Check that config.json and the weights belong to the same model."),
    ),
    "weights-shape": Text(
        QT_TRANSLATE_NOOP("Messages", "{file}: the tensor {tensor} is {found}, but should be {expected}."),
        QT_TRANSLATE_NOOP("Messages", "A part is missing, or config.json belongs to another model."),
    ),
    "weights-outside": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} names a file outside its folder ({name}); it was not opened."),
        QT_TRANSLATE_NOOP("Messages", "Take the files from their official source."),
    ),
    "weights-config": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} cannot be used ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Download this file again."),
    ),
    "weights-architecture": Text(
        QT_TRANSLATE_NOOP("Messages", "{file}: models of the kind {architecture} cannot be converted."),
        QT_TRANSLATE_NOOP("Messages", "BLOOM and LLaMA models can; choose one of those."),
    ),
    "weights-tokenizer-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "{needed} is missing for {file}."),
        QT_TRANSLATE_NOOP("Messages", "Put it into the same folder as the weights."),
    ),
    "weights-tokenizer-damaged": Text(
        QT_TRANSLATE_NOOP("Messages", "The tokenizer {file} is damaged or incomplete ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Download this file again."),
    ),
    "weights-overflow": Text(
        QT_TRANSLATE_NOOP("Messages", "{file}: the tensor {tensor} holds numbers that 16 bits cannot."),
        QT_TRANSLATE_NOOP("Messages", "Choose F32 as the target."),
    ),
    "key-needed": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is encrypted: it opens only with Meta's original LLaMA file."),
        QT_TRANSLATE_NOOP(
            "Messages", "Choose the file consolidated.00.pth of LLaMA (the first one, not LLaMA 2) as the key."
        ),
    ),
    "key-missing": Text(
        QT_TRANSLATE_NOOP("Messages", "The key file {file} is not there."),
        QT_TRANSLATE_NOOP("Messages", "Choose Meta's consolidated.00.pth."),
    ),
    "key-empty": Text(
        QT_TRANSLATE_NOOP("Messages", "The key file {file} is empty."),
        QT_TRANSLATE_NOOP("Messages", "Choose Meta's consolidated.00.pth."),
    ),
    "key-wrong": Text(
        QT_TRANSLATE_NOOP("Messages", "{key} is probably the wrong key file: {file} does not open with it."),
        QT_TRANSLATE_NOOP(
            "Messages", "Choose Meta's original consolidated.00.pth of LLaMA 7B (for BELLE-LLaMA-13B-2M: of LLaMA 13B)."
        ),
    ),
    "key-hf": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "{key} is a converted (Hugging Face) LLaMA file. The key must be Meta's original file."
        ),
        QT_TRANSLATE_NOOP(
            "Messages", "Choose Meta's original consolidated.00.pth; a converted one can never open these weights."
        ),
    ),
    "key-llama2": Text(
        QT_TRANSLATE_NOOP("Messages", "{key} is a file of LLaMA 2. These weights were made with the first LLaMA."),
        QT_TRANSLATE_NOOP("Messages", "Choose the consolidated.00.pth of the first LLaMA."),
    ),
    "key-other-size": Text(
        QT_TRANSLATE_NOOP("Messages", "{key} belongs to another size of LLaMA ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Choose the consolidated.00.pth of the size that is asked for."),
    ),
    "key-resaved": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "{key} is a LLaMA file that was saved again; its bytes are no longer those of Meta's file."
        ),
        QT_TRANSLATE_NOOP("Messages", "Choose the file as Meta delivered it."),
    ),
    "key-truncated": Text(
        QT_TRANSLATE_NOOP("Messages", "{key} is incomplete ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Download or copy Meta's file again."),
    ),
    "key-lfs-pointer": Text(
        QT_TRANSLATE_NOOP("Messages", "{key} is only a Git LFS pointer, not Meta's file."),
        QT_TRANSLATE_NOOP("Messages", "Choose the real consolidated.00.pth of about 13 GB."),
    ),
    "key-web-page": Text(
        QT_TRANSLATE_NOOP("Messages", "{key} is a web page: its download failed."),
        QT_TRANSLATE_NOOP("Messages", "Choose Meta's consolidated.00.pth."),
    ),
    "enc-checksum": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "{file} does not have its promised checksum: the file is incomplete or damaged, or the key is wrong.",
        ),
        QT_TRANSLATE_NOOP("Messages", "Download this file again; if it stays so, choose another key file."),
    ),
    "enc-name": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "The checksum in the name of {file} differs from the one inside ({name}): the file was renamed or damaged.",
        ),
        QT_TRANSLATE_NOOP("Messages", "Download this file again."),
    ),
    "enc-bad-name": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} has a name from which no safe name can be made."),
        QT_TRANSLATE_NOOP("Messages", "Give it its original name again, or download it again."),
    ),
    "enc-truncated": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} is too short to be an encrypted file."),
        QT_TRANSLATE_NOOP("Messages", "Download it again."),
    ),
    "out-exists": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} exists already; it was not touched."),
        QT_TRANSLATE_NOOP("Messages", "Choose another name, or allow it to be overwritten (--overwrite)."),
    ),
    "out-unwritable": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} cannot be written ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Check that the folder exists and that you may write to it."),
    ),
    "out-busy": Text(
        QT_TRANSLATE_NOOP("Messages", "{path} is being written by another ChatBELLE."),
        QT_TRANSLATE_NOOP("Messages", "Wait until it is done, or choose another name."),
    ),
    "out-space": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "There is not enough space for {path}: {need_gb} GB are needed, {free_gb} GB are free."
        ),
        QT_TRANSLATE_NOOP("Messages", "Free some space, or choose another disk."),
    ),
    "note-several": Text(
        QT_TRANSLATE_NOOP("Messages", "This folder holds several models; {file} was taken. The others: {others}."),
        QT_TRANSLATE_NOOP("Messages", "To use another one, give its own path."),
    ),
    "note-tokenizer-approximate": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "{file} does not say how words join and no tokenizer.model was found: some texts may be cut differently.",
        ),
        QT_TRANSLATE_NOOP(
            "Messages", "For exact results put the model's tokenizer.model beside the file and convert again."
        ),
    ),
    "note-tokenizer-ignored": Text(
        QT_TRANSLATE_NOOP("Messages", "{tokenizer} belongs to another model than {file} and was not used."),
        QT_TRANSLATE_NOOP("Messages", "Replace it by the model's own and convert again."),
    ),
    "note-config-derived": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "{file} has no config.json: its numbers were worked out from the weights ({heads} heads)."
        ),
        QT_TRANSLATE_NOOP(
            "Messages", "If answers make no sense, put config.json of this model beside it and convert again."
        ),
    ),
    "enc-twice": Text(
        QT_TRANSLATE_NOOP("Messages", "Two encrypted files stand for {file}: {names}."),
        QT_TRANSLATE_NOOP("Messages", "Keep the one that belongs to this model."),
    ),
    "weights-gptq-unsupported": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} was quantized in a way that cannot be read ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Take BELLE's own GPTQ files, or the unquantized model."),
    ),
    "note-added-token": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "{file} adds the token {token} as number {id}, but the model has only {rows} tokens: it was left out.",
        ),
        QT_TRANSLATE_NOOP("Messages", "Nothing to do, unless a prompt uses it."),
    ),
    "note-vocabulary-smaller": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} has {tokens} tokens, the model {rows}: it may belong to another model."),
        QT_TRANSLATE_NOOP("Messages", "If answers are garbled, use the model's own tokenizer."),
    ),
    "note-token-ids": Text(
        QT_TRANSLATE_NOOP(
            "Messages",
            "The configuration names impossible start and end tokens ({found}); those of {file} are used ({used}).",
        ),
        QT_TRANSLATE_NOOP("Messages", "Nothing to do."),
    ),
    "note-chat-template": Text(
        QT_TRANSLATE_NOOP("Messages", "The chat template in {file} is too long or damaged and was left out."),
        QT_TRANSLATE_NOOP("Messages", "Nothing to do: ChatBELLE uses its own for BELLE models."),
    ),
}
