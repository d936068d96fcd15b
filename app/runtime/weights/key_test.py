"""Does a key open these weights? Told within a second from the small files, and if not, what the key is instead."""

from __future__ import annotations

import codecs
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from app.errors import Fixable
from app.runtime.weights.files import PlainFile
from app.runtime.weights.key_facts import KeyFacts, first_member, look_at
from app.runtime.weights.known_keys import KNOWN_KEYS, KnownKey, key_for
from app.runtime.weights.sniff import check_not_placeholder, shown
from app.runtime.weights.xor import EncryptedFile, KeyFile, encrypted_paths, split_name

TEST_BYTES = 2 * 1024 * 1024  # decrypted in memory at most; the largest tokenizer has 1.3 MB
TEST_FILES = 64
BEGIN = 4096  # bytes from which a plain text is recognised
# Keys in zip containers share their first bytes, so opening a file of `{}` proves nothing.
PROOF = 64
DEPTH = 3  # of folders in which a key is looked for
ENTRIES = 5000  # of those folders
CANDIDATES = 64  # files opened there


def check_key(source: Path, key: Path, expected: Sequence[KnownKey] = KNOWN_KEYS) -> None:
    """Decrypt the small files of `source`, a folder or one `.enc` file, in memory and compare their SHA-256.

    If only large ones are there, their first bytes must look like what their names say. `expected`: the keys known
    for known models. Nothing is written. Raises `Fixable`:
    `key-missing`, `key-empty`, `key-lfs-pointer`, `key-web-page`: no key at all;
    `key-hf`, `key-llama2`, `key-other-size` (`detail`: found ≠ needed), `key-resaved`, `key-truncated` (`detail`:
    sizes), `key-wrong`: another file than the right one, as exactly as can be told;
    `enc-checksum`: the key is right as far as seen, but this file is not; `weights-files-missing`: no `.enc` file;
    and what `EncryptedFile` says about any file's name and header.
    """
    with ExitStack() as stack:
        opened = stack.enter_context(closing(KeyFile(key)))
        _check_placeholder(opened)
        paths = encrypted_paths(source).values()
        files = [stack.enter_context(closing(EncryptedFile(path, opened))) for path in paths]
        if not files:
            raise Fixable("weights-files-missing", file=source.name, missing="*.enc")
        facts = look_at(opened, key)
        needed = key_for((file.sha256 for file in files), expected)
        failed = _first_failure(files)
        if failed is None:
            problem = _wrong_end(key.name, facts, needed)
        elif failed[1]:
            problem = _wrong_end(key.name, facts, needed or _of_member(facts, expected))
            problem = problem or Fixable("enc-checksum", file=failed[0].name)
        else:
            problem = _wrong_beginning(failed[0].name, key.name, facts, needed, expected)
        if problem:
            raise problem


def check_key_file(model: str, key: Path, needed: KnownKey, expected: Sequence[KnownKey] = KNOWN_KEYS) -> None:
    """What `check_key` can tell while no file of `model` is here yet: whether `key` is, by its size and container,
    the file `needed`. Raises `Fixable` as `check_key` does of keys."""
    with closing(KeyFile(key)) as opened:
        _check_placeholder(opened)
        facts = look_at(opened, key)
    own = facts.meta and not (facts.hugging_face or facts.llama2 or facts.part) and facts.member == needed.member
    right = own and facts.width in (0, needed.width)
    problem = (
        _wrong_end(key.name, facts, needed) if right else _wrong_beginning(model, key.name, facts, needed, expected)
    )
    if problem:
        raise problem


def needed_key(source: Path, expected: Sequence[KnownKey] = KNOWN_KEYS) -> KnownKey | None:
    """Which of Meta's files opens the weights at `source`, by the checksums in the names; None if they are unknown.
    Raises `Fixable` as `xor.encrypted_paths` does."""
    names = (path.name for path in encrypted_paths(source).values())
    return key_for((split_name(name)[1] for name in names), expected)


def find_key(place: Path, expected: Sequence[KnownKey] = KNOWN_KEYS) -> Path | None:
    """The file most likely to be the key: `place` itself, or one in that folder and three levels below it.

    Best is one that starts and is as long as the first of `expected`, then the second …; then one that only starts
    like it; then any `consolidated.00.pth`, so that `check_key` can say what is wrong with it. Nothing is raised.
    """
    with suppress(OSError):
        if place.is_file():
            return place
    ranked: list[tuple[int, int, Path]] = []
    for number, path in enumerate(_candidates(place)):
        ranked.append((_rank(path, expected), number, path))
    return min(ranked)[2] if ranked else None


def key_file(key: Path, source: Path) -> Path:
    """The key itself, looked for in `key` if that is a folder. Raises `Fixable("key-missing")`."""
    if not key.is_dir():
        return key
    needed = needed_key(source)
    found = find_key(key, [needed] if needed else KNOWN_KEYS)
    if found is None:
        raise Fixable("key-missing", file=key.name)
    return found


# --- the test ---------------------------------------------------------------------------------------------------


def _first_failure(files: Sequence[EncryptedFile]) -> tuple[EncryptedFile, bool] | None:
    """A file that does not open, and whether the key is right at least at its beginning.

    A wrong key can have the beginning of the right one, and then opens the files that are shorter than what they
    share. So a file that fails although a longer one opens is itself damaged.
    """
    small = _small(files)
    right = [file for file in small if hashlib.sha256(file.read(0, file.size)).hexdigest() == file.sha256]
    proven = max((file.size for file in right), default=0)
    wrong = [file for file in small if file not in right]
    if wrong:
        file = next((one for one in wrong if one.size >= PROOF), wrong[0])
        return file, file.size <= proven or proven >= BEGIN or _begins_well(file) is True
    if proven < PROOF:
        for file in sorted(files, key=lambda one: one.size):
            if _begins_well(file) is False:
                return file, False
    return None


def _small(files: Sequence[EncryptedFile]) -> list[EncryptedFile]:
    """The smallest files, `TEST_BYTES` together, smallest first."""
    chosen: list[EncryptedFile] = []
    total = 0
    for file in sorted(files, key=lambda one: (one.size, one.name))[:TEST_FILES]:
        total += file.size
        if total > TEST_BYTES:
            break
        chosen.append(file)
    return chosen


def _begins_well(file: EncryptedFile) -> bool | None:
    """Whether the first bytes are what the file's name promises; None if the name promises nothing."""
    begin = bytes(file.read(0, min(BEGIN, file.size)))
    name = file.name.lower()
    for endings, looks_right in _BEGINNINGS:
        if name.endswith(endings):
            return looks_right(begin)
    return None


def _is_json(begin: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(begin)  # a letter may be cut at the end
    except UnicodeDecodeError:
        return False
    return text.lstrip()[:1] in ("{", "[") and all(letter.isprintable() or letter in "\t\r\n" for letter in text)


def _is_sentencepiece(begin: bytes) -> bool:
    return begin.startswith(b"\n") and all(piece in begin[:128] for piece in (b"<unk>", b"<s>", b"</s>"))


def _is_torch(begin: bytes) -> bool:
    """A zip container (PyTorch 1.6 and later) or PyTorch's older magic number, pickled."""
    return first_member(begin).endswith("/data.pkl") or begin.startswith(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")


def _is_safetensors(begin: bytes) -> bool:
    return begin[6:9] == b"\0\0{" and _is_json(begin[8:])


_BEGINNINGS: tuple[tuple[tuple[str, ...], Callable[[bytes], bool]], ...] = (
    ((".json",), _is_json),
    (("tokenizer.model",), _is_sentencepiece),
    ((".bin", ".pt", ".pth"), _is_torch),
    ((".safetensors",), _is_safetensors),
)


# --- the diagnosis ----------------------------------------------------------------------------------------------


def _check_placeholder(key: KeyFile) -> None:
    try:
        check_not_placeholder(key)
    except Fixable as error:
        raise Fixable(error.code.replace("weights-", "key-"), key=key.name) from None


def _wrong_end(key: str, facts: KeyFacts, needed: KnownKey | None) -> Fixable | None:
    """What a key that begins right may lack; `needed` None: nothing is known but its container."""
    size = needed.size if needed and needed.member == facts.member else None
    if not facts.whole:
        detail = f"{facts.size} < {size} bytes" if size and facts.size < size else f"{facts.size} bytes"
        return Fixable("key-truncated", key=key, detail=detail)
    return Fixable("key-resaved", key=key) if size and facts.size != size else None


def _of_member(facts: KeyFacts, expected: Sequence[KnownKey]) -> KnownKey | None:
    """The key that this one claims to be by the name inside its container."""
    return next((known for known in expected if known.member == facts.member), None)


def _wrong_beginning(
    file: str, key: str, facts: KeyFacts, needed: KnownKey | None, expected: Sequence[KnownKey]
) -> Fixable:
    """What a key that does not even begin right is."""
    wrong = Fixable("key-wrong", file=file, key=key)
    if facts.hugging_face:
        return Fixable("key-hf", key=key)
    if not facts.meta:
        return wrong
    if facts.llama2:
        return Fixable("key-llama2", key=key)
    if needed is None:
        if facts.part:
            return Fixable("key-other-size", key=key, detail=f"{_folder(facts.member)}.pth ≠ consolidated.00.pth")
        if facts.member.startswith("consolidated"):
            return _wrong_end(key, facts, None) or wrong
        return Fixable("key-resaved", key=key)
    if facts.part or facts.width not in (0, needed.width):
        return _other_size(key, facts, needed, expected)
    if facts.member == needed.member:
        return _wrong_end(key, facts, needed) or wrong
    return Fixable("key-resaved", key=key) if facts.width else wrong


def _other_size(key: str, facts: KeyFacts, needed: KnownKey, expected: Sequence[KnownKey]) -> Fixable:
    found = next((one.path for one in expected if one.member == facts.member and facts.width in (0, one.width)), "")
    found = found or f"{_folder(facts.member)}.pth"
    return Fixable("key-other-size", key=key, detail=f"{found} ≠ {needed.path}")


def _folder(member: str) -> str:
    return shown(member.split("/")[0])


# --- the search -------------------------------------------------------------------------------------------------


def _candidates(place: Path) -> Iterator[Path]:
    """Torch checkpoints in and below a folder, nearest first, in a fixed order and number."""
    budget = ENTRIES
    found = 0
    level = [place]
    for _ in range(DEPTH + 1):
        below: list[Path] = []
        for folder in level:
            for entry in _entries(folder, budget):
                budget -= 1
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        below.append(Path(entry.path))
                    elif entry.is_file() and entry.name.lower().endswith(".pth") and found < CANDIDATES:
                        found += 1
                        yield Path(entry.path)
        level = below


def _entries(folder: Path, limit: int) -> list[os.DirEntry[str]]:
    with suppress(OSError), os.scandir(folder) as listing:
        return sorted((entry for entry, _ in zip(listing, range(limit), strict=False)), key=lambda one: one.name)
    return []


def _rank(path: Path, expected: Sequence[KnownKey]) -> int:
    """Smaller is more likely."""
    try:
        file = PlainFile(path)
    except Fixable:
        return 2 * len(expected) + 2
    with closing(file), suppress(Fixable):
        member = first_member(bytes(file.read(0, min(BEGIN, file.size))))
        for place, known in enumerate(expected):
            if member == known.member:
                return place + (0 if known.size in (None, file.size) else len(expected))
    return 2 * len(expected) + (path.name.lower() != "consolidated.00.pth")
