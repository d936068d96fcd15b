"""The wizard in the real app by keyboard alone: from the empty window to a chat with a model that was downloaded."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from app.resources import assets
from app.runtime.models.catalogue import Catalogue, Model, Words
from tests.runtime.models.hub import Hub
from tests.runtime.models.install_kit import BLOOM, ENCRYPTED, tiny_catalogue, tiny_hub
from tests.ui.desk import SIZE, Desk, Frame, Late, open_desk, wait_for

QUESTION = "中国的首都是哪里?"
KEY_PLACE = "从 Meta 得到的/7B/consolidated.00.pth"
ACCENT = 0x2F6F9E  # of a primary button in the dark theme
FOOT = 110  # px above the lower edge of the screen at most, where the wizard's buttons stand

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is an X11 server"),
]


# --- a hub, and a list of models that are on it -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def hub(fx: Path) -> Iterator[Hub]:
    with Hub() as made:
        tiny_hub(made, fx)
        yield made


def write_catalogue(tiny: Catalogue, path: Path) -> None:
    """The app's list with tiny models before all others, in the form of `assets/catalogue.json`."""
    rows = json.loads((assets() / "catalogue.json").read_text("utf-8"))
    rows["models"][:0] = [asdict(_whole(one)) | {"key": one.key and one.key.id} for one in tiny.models[:2]]
    rows["keys"].append(asdict(replace(tiny.keys[0], md5="-", sha256="-", get_it="https://localhost/")))
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def _whole(model: Model) -> Model:
    good, terms = Words("用来测试。", "For tests."), Words("随意使用。", "Use it as you like.")
    return replace(
        model, base="Tiny", good_for=good, terms=terms, terms_url="https://localhost/", template="belle-llama2-chat"
    )


# --- a person at the keyboard -----------------------------------------------------------------------------------------


class Person:
    """Walks the wizard with keys. What is chosen and which page is shown is read from the file that the app keeps for
    its next start; where the keyboard is, from the picture on the screen."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def state(self) -> dict[str, Any]:
        try:
            return json.loads((self.desk.home / "setup.json").read_text("utf-8"))["state"]
        except FileNotFoundError:
            return {"page": "", "choices": {}}

    def choice(self, name: str) -> Any:
        return self.state()["choices"].get(name)

    def until(self, name: str, value: object) -> None:
        """A choice gets this value."""
        wait_for(lambda: self.choice(name) == value, f"{name} {value}")

    def keyboard(self, where: Callable[[Frame], bool], what: str) -> Frame:
        """The frame around what has the keyboard, when it is where it belongs."""

        def seen() -> Frame | None:
            frame = self.desk.focus()
            return frame if frame is not None and where(frame) else None

        return wait_for(seen, f"the keyboard at {what}")

    def tab_to(self, where: Callable[[Frame], bool], what: str) -> None:
        for _ in range(30):
            before = self.desk.focus()
            if before is not None and where(before):
                return
            self.desk.press("Tab")
            with contextlib.suppress(Late):  # two places after each other may have no frame
                wait_for(lambda before=before: self.desk.focus() != before, "another place", 5.0)
        pytest.fail(f"Tab does not lead to {what}")

    def enter(self, page: str) -> None:
        """Enter, which must lead to `page`, where something must have the keyboard."""
        self.desk.press("Return")
        wait_for(lambda: self.state()["page"] == page, f"the page {page}")

    # --- places

    def primary(self, frame: Frame) -> bool:
        """A button in the accent colour."""
        picture = self.desk.picture()
        return frame.width < 200 and bool(picture[frame.top + 10, frame.left + 10] == ACCENT)

    def next_button(self, frame: Frame) -> bool:
        return frame.bottom > SIZE[1] - FOOT and self.primary(frame)

    @staticmethod
    def row(frame: Frame) -> bool:
        """A whole row of the page."""
        return frame.width > 700

    # --- from page to page

    def open_wizard(self) -> None:
        """From the empty chat, where a button offers it."""
        self.tab_to(self.primary, "“Choose a model…”")
        self.desk.press("space")
        self.keyboard(self.row, "the language")

    def to_model(self) -> None:
        self.open_wizard()
        self.desk.press("Down")
        self.until("language", "en")
        self.desk.press("Up")
        self.until("language", "zh_CN")
        self.enter("computer")
        self.keyboard(self.next_button, "Next")
        self.enter("folder")
        self.keyboard(self.row, "the folder")
        self.enter("model")
        self.keyboard(self.row, "the model")
        wait_for(lambda: (self.choice("model") or {}).get("model") == BLOOM, "the recommended model")

    def accept_terms(self) -> None:
        self.enter("terms")
        self.keyboard(lambda frame: frame.bottom < SIZE[1] - FOOT, "“I have read the terms”")
        self.desk.press("Return", "space")  # Enter alone must not go on
        self.until("terms", True)
        assert self.state()["page"] == "terms"
        self.enter("source")

    def install(self) -> None:
        """From the plan to the end of the first answer."""
        self.keyboard(self.next_button, "Start")
        self.enter("progress")
        wait_for(lambda: self.state()["page"] == "first-answer" or self.state()["error"], "the first answer")
        assert self.state()["error"] is None
        self.keyboard(self.next_button, "“Start chatting”")
        self.desk.press("Return")
        wait_for(lambda: self.state()["view"] == "finished", "the end of the wizard")

    def chat(self, entry: str) -> str:
        """What the model answers; `entry` is its id in the library."""
        self.desk.ask(QUESTION)
        wait_for(lambda: self.desk.answer()[1] == "complete", "an answer")
        (found,) = self.desk.query("SELECT model_id FROM messages WHERE role = 'assistant'")
        assert found[0] == entry
        return self.desk.answer()[0]


@pytest.fixture
def person(home: Path, tmp_path: Path, fx: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    """With an app that knows the tiny models and answers as exactly as the tools that made them."""
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    catalogue = tmp_path / "目录 catalogue.json"
    write_catalogue(tiny_catalogue(fx), catalogue)
    settings = {"theme": "dark", "model_sampling": False, "temperature": 0.0, "repeat_penalty": 1.0}
    (home / "settings.json").write_text(json.dumps(settings), "utf-8")
    with open_desk(home, tmp_path) as desk:
        desk.learn(QUESTION, str(tmp_path / KEY_PLACE))
        desk.more = {"CHATBELLE_CATALOGUE": str(catalogue)}
        yield Person(desk)


def test_a_model_of_the_hub_is_installed_and_answers(person: Person, hub: Hub, expected: dict[str, Any]) -> None:
    person.desk.more["HF_ENDPOINT"] = hub.endpoint
    with person.desk.app():
        person.to_model()
        person.accept_terms()
        person.keyboard(person.row, "the source")
        assert person.choice("source") == hub.endpoint
        person.enter("plan")
        person.install()
        answer = person.chat(person.state()["entry"])
    assert answer == expected["hf"]["bloom_hf"][0]["text_until_eos"]
    assert {one.path.split("?")[0].rpartition("/")[2] for one in hub.downloads()} >= {"config.json", "tokenizer.json"}


def test_an_encrypted_model_is_installed_with_its_key_and_answers(
    person: Person, hub: Hub, fx: Path, expected: dict[str, Any], tmp_path: Path
) -> None:
    key = tmp_path / KEY_PLACE
    key.parent.mkdir(parents=True)
    shutil.copy(fx / "enc" / "consolidated.00.pth", key)
    with person.desk.app():
        person.to_model()
        person.desk.press("Down")
        wait_for(lambda: person.choice("model")["model"] == ENCRYPTED, "the other model")
        person.accept_terms()
        person.keyboard(person.row, "the source")
        person.desk.press("Down", "Down", "Tab")
        person.desk.write(hub.endpoint)
        person.enter("key")
        assert person.choice("source") == hub.endpoint
        person.keyboard(lambda frame: 400 < frame.width < 800, "the field for the key")
        person.desk.write(str(key))
        person.desk.press("Return")
        person.until("key_good", True)
        person.enter("plan")
        person.install()
        answer = person.chat(person.state()["entry"])
    assert answer == expected["hf"]["llama_hf"][0]["text_until_eos"]
    assert key.read_bytes() == (fx / "enc" / "consolidated.00.pth").read_bytes()
