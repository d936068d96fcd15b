"""Writes the table of models in both READMEs from `assets/catalogue.json`: `python tools/models_doc.py`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.runtime.models.catalogue import Model, load  # noqa: E402
from app.runtime.models.hardware import GB, GIB  # noqa: E402
from app.runtime.models.memory import SYSTEM_SHARE, Fit, verdict  # noqa: E402

TARGETS = {"zh": ROOT / "README.zh-CN.md", "en": ROOT / "README.md"}
MARKS = re.compile(r"(<!-- models -->\n\n).*?(<!-- /models -->)", re.DOTALL)
COMPUTERS = (8, 16, 32)  # GB of memory, as sold
SLOW = ("F16", "F32")  # hardly better than Q8_0, twice its size: never advised
HEADS = {
    "zh": ("模型", "密钥文件", "下载", "安装时磁盘最多占", "装好后", "聊天时内存"),
    "en": ("Model", "Key file", "Download", "Disk while installing", "Installed", "Memory while chatting"),
}
WORDS = {
    "zh": {"computer": "{size} GB 的电脑", "no key": "不需要", "none": "不够", "tight": "{type}，吃紧"},
    "en": {"computer": "{size} GB computer", "no key": "none", "none": "too small", "tight": "{type}, tight"},
}


def offered() -> list[Model]:
    """What can be installed to chat with, in the catalogue's order."""
    return [model for model in load().models if model.repository and model.targets and model.chat]


def best(model: Model, computer: int, words: dict[str, str]) -> str:
    """The most accurate type that fits into a computer on which little else runs."""
    room = computer * GIB - SYSTEM_SHARE
    fits = {Fit.FITS: "", Fit.TIGHT: ""}
    for target in sorted((one for one in model.targets if one.type not in SLOW), key=lambda one: one.memory):
        fit = verdict(target.memory, room).fit
        if fit is Fit.FITS or (fit is Fit.TIGHT and not fits[fit]):
            fits[fit] = target.type
    if fits[Fit.FITS]:
        return fits[Fit.FITS]
    return words["tight"].format(type=fits[Fit.TIGHT]) if fits[Fit.TIGHT] else words["none"]


def table(language: str) -> str:
    """Sizes are those of the recommended type."""
    words = WORDS[language]
    head = [*HEADS[language], *(words["computer"].format(size=size) for size in COMPUTERS)]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for model in offered():
        one = model.recommended
        sizes = [f"{size / GB:.1f} GB" for size in (one.download, one.peak_disk, one.size, one.memory)]
        key = f"LLaMA {model.key.id}" if model.key else words["no key"]
        cells = [model.id, key, *sizes, *(best(model, size, words) for size in COMPUTERS)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def text(language: str) -> str:
    """The README with a current table."""
    return MARKS.sub(lambda found: f"{found[1]}{table(language)}\n{found[2]}", TARGETS[language].read_text("utf-8"))


if __name__ == "__main__":
    for name, target in TARGETS.items():
        target.write_text(text(name), "utf-8")
        print(target)
