"""The converter against the disk, llama.cpp and BELLE's script, each pair side by side in one run.

    python tools/synthetic_weights.py DIR               # once: 27 GB, LLaMA-7B's shapes (--layers 4: a small one)
    python bench/weights.py DIR                         # all; needs 20 GB more
    python bench/weights.py DIR --only encrypted|quantize|decrypt|linear

`encrypted`: .enc to Q4_0 against reading both inputs once with dd from a cold cache and writing as much as we write.
`quantize`: F16 to Q4_K_M against `llama_model_quantize` with the same number of threads.
`decrypt`: decryption alone, with its writing, against the loop of BELLE's decrypt.py without any, and against dd:
20 times the loop, or nearly as fast as dd writes as much (decryption also reads it).
`linear`: the time per GB of three sizes, made for the purpose in DIR.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

GB = 1e9
BLOCK = "8M"
SIZES = (3, 7, 14)  # layers
DECRYPT_SAMPLE = 20_000_000  # bytes for BELLE's script, which needs a second for them
LIMITS = {
    "encrypted": 1.5,
    "memory": 1.5,
    "disk": 1.02,
    "quantize": 1.1,
    "decrypt": 20.0,
    "disk bound": 0.8,
    "linear": 1.25,
}


@dataclass(frozen=True)
class Run:
    """A finished child: wall seconds, peak anonymous memory and peak size of the staging file in bytes."""

    seconds: float
    memory: int
    disk: int


def convert(source: Path, out: Path, target: str, key: Path | None = None) -> Run:
    out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "app", "convert", str(source), "--out", str(out), "--type", target]
    command += ["--progress", "none", *(["--key", str(key)] if key else [])]
    return watched(command, out.with_name(out.name + ".part"))


def watched(command: list[str], staging: Path) -> Run:
    """Run `command` from the repository, watching its memory and its staging file."""
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    memory, disk = 0, 0
    done = threading.Event()

    def watch() -> None:
        nonlocal memory, disk
        while not done.wait(0.02):
            memory = max(memory, anonymous_memory(child.pid))
            if staging.exists():
                disk = max(disk, staging.stat().st_blocks * 512)

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = child.wait()
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    if code:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return Run(seconds, memory, disk)


def anonymous_memory(pid: int) -> int:
    """Resident bytes that no file backs (Linux)."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def forget(paths: Iterable[Path]) -> None:
    """Drop files from the page cache, so that the next read comes from the disk."""
    os.sync()
    for path in paths:
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_and_write(inputs: Iterable[Path], size: int, out: Path) -> float:
    """Seconds that dd takes to read `inputs` and to write `size` bytes to the disk."""
    began = time.perf_counter()
    for path in inputs:
        subprocess.run(["dd", f"if={path}", "of=/dev/null", f"bs={BLOCK}"], check=True, stderr=subprocess.DEVNULL)
    count = size // (8 << 20) + 1
    write = ["dd", "if=/dev/zero", f"of={out}", f"bs={BLOCK}", f"count={count}", "conv=fsync"]
    subprocess.run(write, check=True, stderr=subprocess.DEVNULL)
    out.unlink()
    return time.perf_counter() - began


def encrypted(folder: Path) -> bool:
    """One pass against bare reading and writing."""
    source, key, out = folder / "enc", folder / "key" / "consolidated.00.pth", folder / "out.gguf"
    inputs = [*source.iterdir(), key]
    forget(inputs)
    ours = convert(source, out, "Q4_0", key)
    size = out.stat().st_size
    forget(inputs)
    bare = read_and_write(inputs, size, folder / "zeros.bin")
    out.unlink()
    read = sum(path.stat().st_size for path in inputs)
    print(f"encrypted: {read / GB:.1f} GB read, {size / GB:.2f} GB written: {ours.seconds:.0f} s, dd {bare:.0f} s")
    return all(
        (
            judge("time against dd", ours.seconds / bare, LIMITS["encrypted"]),
            judge("peak anonymous memory, GB", ours.memory / GB, LIMITS["memory"]),
            judge("peak disk against the output", ours.disk / size, LIMITS["disk"]),
        )
    )


def quantize(folder: Path) -> bool:
    """F16 to Q4_K_M, ours and llama.cpp's, from a warm cache."""
    source = folder / "f16.gguf"
    if not source.exists():
        convert(folder / "enc", source, "F16", folder / "key" / "consolidated.00.pth")
    out, theirs = folder / "ours.gguf", folder / "theirs.gguf"
    own = convert(source, out, "Q4_K_M").seconds
    other = timed(lambda: llama_quantize(source, theirs))
    same = out.stat().st_size, theirs.stat().st_size
    out.unlink()
    theirs.unlink()
    print(f"quantize: F16 {source.stat().st_size / GB:.1f} GB to Q4_K_M: {own:.0f} s, llama.cpp {other:.0f} s, {same}")
    return judge("time against llama_model_quantize", own / other, LIMITS["quantize"])


def llama_quantize(source: Path, out: Path) -> None:
    """In a child, as our own run is: start and library included."""
    code = (
        "import ctypes, llama_cpp as l, os, sys\n"
        "p = l.llama_model_quantize_default_params()\n"
        "p.ftype, p.nthread = l.LLAMA_FTYPE_MOSTLY_Q4_K_M, os.cpu_count()\n"
        "sys.exit(l.llama_model_quantize(sys.argv[1].encode(), sys.argv[2].encode(), ctypes.byref(p)))"
    )
    command = [sys.executable, "-c", code, str(source), str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def decrypt(folder: Path) -> bool:
    """Bytes a second, ours on a whole file, BELLE's loop on a part of it."""
    source, key, out = folder / "enc", folder / "key" / "consolidated.00.pth", folder / "plain"
    shutil.rmtree(out, ignore_errors=True)
    size = sum(path.stat().st_size for path in source.iterdir())
    command = [sys.executable, "-m", "app", "decrypt", str(source), "--key", str(key), "--out", str(out)]
    ours = size / timed(
        lambda: subprocess.run([*command, "--progress", "none"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    )
    shutil.rmtree(out)
    largest = max(source.iterdir(), key=lambda path: path.stat().st_size)
    belle = min(DECRYPT_SAMPLE, largest.stat().st_size) / timed(lambda: belle_loop(largest, key))
    disk = size / read_and_write([], size, folder / "zeros.bin")
    print(f"decrypt: {ours / 1e6:.0f} MB/s, BELLE's loop {belle / 1e6:.0f} MB/s, dd writes {disk / 1e6:.0f} MB/s")
    fast = judge("rate against BELLE's script", ours / belle, LIMITS["decrypt"], least=True)
    return judge("rate against the disk's", ours / disk, LIMITS["disk bound"], least=True) or fast


def belle_loop(path: Path, key: Path) -> bytes:
    """What decrypt.py does with every chunk: bytes zipped and XOR-ed one by one, then hashed."""
    import hashlib

    with path.open("rb") as file, key.open("rb") as secret:
        file.seek(32)
        data, pad = file.read(DECRYPT_SAMPLE), secret.read(DECRYPT_SAMPLE)
    plain = bytes(a ^ b for a, b in zip(data, pad, strict=False))
    return hashlib.sha256(plain).digest()


def linear(folder: Path) -> bool:
    """Seconds per GB of input for three sizes, the better of two runs each."""
    from synthetic_weights import write_encrypted

    costs = []
    for layers in SIZES:
        place = folder / f"layers-{layers}"
        if not (place / "enc").exists():
            write_encrypted(place, layers)
        os.sync()  # what is still being written would slow the reading
        size = sum(path.stat().st_size for path in (place / "enc").iterdir())
        seconds = min(
            convert(place / "enc", place / "out.gguf", "Q4_0", place / "key" / "consolidated.00.pth").seconds
            for _ in range(2)
        )
        costs.append(seconds / size)
        print(f"linear: {layers} layers, {size / GB:.2f} GB: {seconds:.1f} s, {seconds / size * GB:.2f} s per GB")
        shutil.rmtree(place)
    return judge("dearest against cheapest GB", max(costs) / min(costs), LIMITS["linear"])


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def judge(what: str, value: float, limit: float, least: bool = False) -> bool:
    met = value >= limit if least else value <= limit
    print(f"  {what}: {value:.2f} ({'at least' if least else 'at most'} {limit:g}) {'met' if met else 'MISSED'}")
    return met


PARTS: dict[str, Callable[[Path], bool]] = {
    "encrypted": encrypted,
    "quantize": quantize,
    "decrypt": decrypt,
    "linear": linear,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=tuple(PARTS))
    options = parser.parse_args()
    names = [options.only] if options.only else list(PARTS)
    met = [PARTS[name](options.folder.absolute()) for name in names]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
