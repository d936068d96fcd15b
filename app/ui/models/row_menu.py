"""The menu behind a row's ⋯."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.runtime.models.records import Entry
from app.ui.models.rows import RowState
from app.ui.models.words import can_shrink, translate
from app.ui.widgets.menu import Menu

Wish = Callable[[str], object]


def build(parent: QWidget, state: RowState, entry: Entry | None, act: Wish) -> Menu:
    """`act` is told one of: use, release, shrink, verify, find, look, download, details, rename, folder, export, pack,
    template, remove. What cannot be done now is left out, or greyed where its place should stay."""
    menu = Menu(parent)

    def add(key: str, words: str, icon: str = "", shortcut: str = "", *, danger: bool = False, on: bool = True) -> None:
        action = menu.add(words, icon=icon, shortcut=shortcut, danger=danger, enabled=on)
        action.triggered.connect(lambda _checked=False: act(key))

    usable = not state.problem
    if state.main == "release":
        add("release", translate("Models", "Release memory"), "stop")
    else:
        short = state.verdict is not None and state.verdict[1] == "danger"
        add("use", translate("Models", "Use anyway…") if short else translate("Models", "Use"), "chat", on=usable)
    if state.main in ("find", "look", "download"):
        words = {
            "find": translate("Models", "Say where it is…"),
            "look": translate("Models", "Look again"),
            "download": translate("Models", "Download again…"),
        }
        add(state.main, words[state.main], "search" if state.main != "download" else "download")
    add("details", translate("Models", "Details…"), "info")
    if entry is not None:
        menu.addSeparator()
        there = entry.condition.value != "missing"
        add("rename", translate("Models", "Rename"), "edit", "F2")
        add("template", translate("Models", "Prompt template…"), "text")
        add("verify", translate("Models", "Verify again"), "check-circle", on=there)
        add("folder", translate("Models", "Show in folder"), "folder", on=there)
        menu.addSeparator()
        add(
            "shrink", translate("Models", "Make smaller…"), "cpu", on=usable and can_shrink(entry.manifest.quantization)
        )
        add("export", translate("Models", "Export a copy…"), "external", on=usable)
        add("pack", translate("Models", "Offline pack…"), "disk", on=usable)
        menu.addSeparator()
        ours = translate("Models", "Remove")
        remove = ours if entry.manifest.owned else translate("Models", "Remove from the list")
        add("remove", remove, "trash", "Del", danger=True)
    menu.setAccessibleName(translate("Models", "Menu of {name}").format(name=state.name))
    return menu
