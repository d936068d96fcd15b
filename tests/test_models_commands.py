"""`chatbelle models …` as a person or a script uses it, with real parts and tiny weights."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.errors import Fixable
from app.model_choice import find_model
from app.models_wiring import entries_named, model_options, open_library
from app.paths import Paths
from app.progress_bar import width
from app.runtime.models.answer_check import QUESTION
from app.settings import Settings

ID = "bloom-hf-Q8_0"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATBELLE_LANG", "en")
    for name in ("HF_ENDPOINT", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def once(fx: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which one model was installed from the user's files."""
    home = tmp_path_factory.mktemp("installed") / "数据 folder"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATBELLE_HOME", str(home))
        assert run(["models", "install", str(fx / "bloom-hf"), "--type", "Q8_0", "--yes"]) == 0
    return home


@pytest.fixture
def installed(once: Path, home: Path) -> Path:
    shutil.copytree(once, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def trash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """In place of the system's."""
    folder = tmp_path / "trash"
    folder.mkdir()
    monkeypatch.setattr("send2trash.send2trash", lambda path: shutil.move(path, folder))
    return folder


def told(capsys: Capture, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The code and the one JSON object of a command."""
    capsys.readouterr()
    code = run(["models", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def type_lines(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    stdin = io.StringIO(text)
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", stdin)


# --- install ----------------------------------------------------------------------------------------------------------


def test_an_install_ends_with_the_models_answer(fx: Path, home: Path, capsys: Capture) -> None:
    assert run(["models", "install", str(fx / "bloom-hf"), "--type", "q8_0", "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == f"Installed: {ID}"
    assert f"Question: {QUESTION}" in out and re.search(r"^Answer: \S", out, re.MULTILINE)
    assert "Steps: convert → check → try" in err and f"chatbelle chat --model {ID}" in err
    assert (home / "models" / ID / "manifest.json").is_file()
    assert not (home / "models" / ".installing").exists()


def test_progress_as_json_lines(fx: Path, home: Path, capsys: Capture) -> None:
    arguments = [str(fx / "enc" / "encrypted"), "--key", str(fx / "enc"), "--type", "F16", "--yes"]
    assert run(["models", "install", *arguments, "--progress", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["event"] == "plan" and lines[-1]["event"] == "done"
    assert [step["step"] for step in lines[0]["steps"]] == ["key-test", "convert", "verify", "try"]
    assert all(line["event"] == "progress" for line in lines[1:-1])
    assert lines[-1]["question"] == QUESTION and lines[-1]["answer"]
    assert [path.name for path in (home / "models").iterdir()] == [lines[-1]["entry"]]


def test_a_plan_changes_nothing(fx: Path, home: Path, capsys: Capture) -> None:
    code, planned = told(capsys, "plan", str(fx / "llama-hf"), "--type", "Q4_0")
    assert code == 0 and planned["allowed"] and planned["type"] == "Q4_0"
    assert planned["peak_disk"] >= planned["write"] > 0 == planned["download"]
    assert list((home / "models").iterdir()) == []


def test_a_refused_plan_says_why(fx: Path, capsys: Capture) -> None:
    code, planned = told(capsys, "plan", "BELLE-LLaMA-7B-2M-enc")
    assert code == 3 and not planned["allowed"]
    assert "key-needed" in [one["code"] for one in planned["problems"]]
    wrong = str(fx / "corrupt" / "enc-wrong-key" / "wrong.key")
    assert run(["models", "install", str(fx / "enc" / "encrypted"), "--key", wrong, "--yes"]) == 3
    assert "error[key-" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["install", "BELLE-70B"], 3, "error[install-unknown]"),
        (["install", "ChatBELLE-int4"], 3, "error[install-unusable]"),
        (["install", "./nowhere.gguf"], 3, "error[weights-missing-file]"),
        (["install", "BELLE-7B-2M", "--type", "Q3"], 2, "Q4_K_M"),
        (["install", "BELLE-7B-2M", "--source", "http://example.com"], 3, "error[source-insecure]"),
        (["verify", "nothing"], 3, "error[library-unknown]"),
        (["export", "nothing", "x"], 3, "error[library-unknown]"),
        (["import", "./nowhere.zip"], 3, "error[weights-missing-file]"),
        (["undo", "nothing"], 3, "error[library-not-removed]"),
        (["cancel", "nothing"], 3, "error[install-gone]"),
        (["move"], 2, "the new folder"),
        (["remove"], 2, "MODEL"),
        ([], 2, "COMMAND"),
    ],
)
def test_errors_have_a_code(arguments: list[str], code: int, words: str, capsys: Capture) -> None:
    assert run(["models", *arguments]) == code
    assert words in capsys.readouterr().err


def test_nobody_to_ask(fx: Path, home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.runtime.models.volumes.free_space", lambda _path: 10**12)
    assert run(["models", "install", str(fx / "bloom-hf")]) == 2
    assert "--yes" in capsys.readouterr().err
    assert run(["models", "install", "BELLE-7B-2M", "--yes"]) == 2
    told_of = capsys.readouterr().err
    assert "--accept-terms" in told_of and "Licence: apache-2.0" in told_of
    assert run(["models", "install", "BELLE-7B-2M", "--yes", "--json"]) == 2
    assert list((home / "models").iterdir()) == []


def test_somebody_says_no_to_the_terms(home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.runtime.models.volumes.free_space", lambda _path: 10**12)
    for lines in ("n\n", "y\nn\n", "y\n"):
        type_lines(monkeypatch, lines)
        assert run(["models", "install", "BELLE-7B-2M"]) == 130
        assert "Do you accept these terms? [y/N]" in capsys.readouterr().err
    assert list((home / "models").iterdir()) == []


def test_an_install_that_fails_goes_on_or_is_given_up(
    home: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections are forbidden: none is made, and the install waits."""
    monkeypatch.setattr("app.runtime.models.volumes.free_space", lambda _path: 10**12)
    Settings(home / "settings.json").set("offline", True)
    arguments = ["models", "install", "BELLE-7B-2M", "--accept-terms", "--yes"]
    assert run(arguments) == 3
    err = capsys.readouterr().err
    assert "error[network-forbidden]" in err and "chatbelle models install BELLE-7B-2M" in err
    assert run(arguments[:3]) == 3  # neither asks nor plans again
    assert "goes on where it stopped" in capsys.readouterr().err
    _, found = told(capsys, "list")
    (waiting,) = found["installs"]
    assert waiting["status"] == "failed" and waiting["error"]["code"] == "network-forbidden"
    assert run(["models", "list"]) == 0
    assert waiting["id"] in capsys.readouterr().err
    _, made = told(capsys, "connections")
    assert [(line["requests"], line["refused"] > 0) for line in made["connections"]] == [(0, True)]
    assert run(["models", "cancel", waiting["id"]]) == 2
    assert run(["models", "cancel", waiting["id"], "--yes"]) == 0
    assert told(capsys, "list")[1]["installs"] == []
    assert not (home / "models" / ".installing").exists()


def test_another_models_folder_is_remembered(fx: Path, home: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "移动 硬盘"
    assert run(["models", "plan", str(fx / "bloom-hf"), "--folder", str(folder)]) == 0
    assert not (home / "settings.json").exists()
    assert run(["models", "install", str(fx / "bloom-hf"), "--type", "F16", "--folder", str(folder), "--yes"]) == 0
    (found,) = told(capsys, "list")[1]["models"]
    assert Path(found["path"]).is_relative_to(folder)
    assert model_options(Settings.load(home / "settings.json")).folders == (folder,)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no signals to send there")
def test_ctrl_c_pauses_and_the_same_command_goes_on(
    home: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "big.gguf"
    script = Path(__file__).parent.parent / "tools" / "synthetic.py"
    subprocess.run([sys.executable, str(script), str(source), "--layers", "1", "--vocabulary", "9000"], check=True)
    command = [sys.executable, "-m", "app", "models", "install", str(source), "--type", "Q8_0", "--yes"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    staging = home / "models" / ".installing"
    while not list(staging.glob("*/model.gguf*")) and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130 and f"chatbelle models install {source}" in err
    assert "Unfinished: big" in (run(["models", "list"]), capsys.readouterr().err)[1]
    monkeypatch.setattr("app.models_wiring.make_trial", lambda _paths: lambda *_question: "北京是中国的首都。")
    assert run(["models", "install", str(source)]) == 0
    out, err = capsys.readouterr()
    assert "Installed: " in out and "北京是中国的首都。" in out and "goes on where it stopped" in err
    assert not staging.exists()


# --- list and chat ----------------------------------------------------------------------------------------------------


def test_list_shows_what_is_installed(home: Path, capsys: Capture) -> None:
    assert run(["models", "list"]) == 0
    out, err = capsys.readouterr()
    assert out == "" and "--available" in err and "library-" not in err


def test_list_in_plain_columns(installed: Path, capsys: Capture) -> None:
    assert run(["models", "list"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["Id", "Name", "Type", "Size", "State"]
    assert row.split()[:3] == [ID, "bloom-hf", "Q8_0"] and row.endswith("ready")
    assert head.index("Type") == row.index("Q8_0", len(ID))
    _, found = told(capsys, "list")
    (model,) = found["models"]
    assert (model["id"], model["condition"], model["problem"]) == (ID, "ready", None)
    assert model["last_used"] == 0 and found["installs"] == found["problems"] == []


def test_list_of_what_can_be_installed(capsys: Capture) -> None:
    assert run(["models", "list", "--available"]) == 0
    out = capsys.readouterr().out
    assert "BELLE-7B-2M " in out and "needs Meta's file" in out and "not usable; take BELLE-7B-2M" in out
    _, found = told(capsys, "list", "--available")
    rows = {row["id"]: row for row in found["models"]}
    assert "guide" not in rows and rows["BELLE-7B-2M"]["installed"] is False
    assert rows["BELLE-7B-2M"]["fits"] in ("fits", "tight", "too-small")
    assert rows["ChatBELLE-int4"]["fits"] is None


def test_columns_hold_chinese(installed: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    library = open_library(Paths(installed), Settings())
    library.rename(ID, "我的模型")
    assert run(["models", "list"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert width(row[: row.index("Q8_0", len(ID))]) == width(head[: head.index("Type")])


def test_chat_with_an_installed_model(installed: Path, capsys: Capture) -> None:
    """By id, name and file, with the template of its manifest; not tried in a child again; and its use is noted."""
    by_id = find_model(ID, Paths(installed))
    assert by_id == find_model("bloom-hf", Paths(installed)) == find_model(str(by_id.path), Paths(installed))
    assert (by_id.id, by_id.name) == (ID, "bloom-hf")
    assert by_id.template is not None and by_id.template.id == "belle-bloom"
    assert run(["chat", "--model", ID, "--prompt", "北京", "--max-tokens", "2"]) == 0
    assert told(capsys, "list")[1]["models"][0]["last_used"] > 0
    assert run(["chat", "--model", "bloom", "--prompt", "x"]) == 3
    assert "error[model-unknown]" in capsys.readouterr().err


def test_a_row_of_the_catalogue_that_is_installed(installed: Path) -> None:
    place = installed / "models" / ID / "manifest.json"
    place.write_text(json.dumps(json.loads(place.read_text("utf-8")) | {"model": "BELLE-7B-2M"}), "utf-8")
    assert find_model("BELLE-7B-2M", Paths(installed)).id == ID


def test_a_model_that_is_gone_is_explained(installed: Path) -> None:
    next((installed / "models" / ID).glob("*.gguf")).unlink()
    with pytest.raises(Fixable, match="library-missing"):
        find_model(ID, Paths(installed))


def test_the_last_used_of_several_is_meant(installed: Path) -> None:
    library = open_library(Paths(installed), Settings())
    copy = installed / "models" / "second"
    shutil.copytree(installed / "models" / ID, copy)
    second = next(one.manifest.id for one in library.entries() if one.manifest.id != ID)
    library.touch(second)
    assert [one.manifest.id for one in entries_named("bloom-hf", library.entries())] == [second, ID]
    assert [one.manifest.id for one in entries_named(ID, library.entries())] == [ID]


# --- checked, taken along, removed ------------------------------------------------------------------------------------


def test_verify(installed: Path, capsys: Capture) -> None:
    assert run(["models", "verify"]) == 0
    assert capsys.readouterr().out == f"{ID}: as it should be\n"
    file = next((installed / "models" / ID).glob("*.gguf"))
    before = file.stat()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    code, found = told(capsys, "verify", "bloom-hf")
    assert code == 3 and found["models"][0]["condition"] == "damaged"
    assert run(["models", "verify", ID]) == 3
    assert "error[library-damaged]" in capsys.readouterr().err


def test_export(installed: Path, tmp_path: Path, capsys: Capture) -> None:
    target = tmp_path / "我的.gguf"
    code, made = told(capsys, "export", ID, str(target))
    assert code == 0 and made["written"] == str(target) and made["size"] == target.stat().st_size
    assert run(["models", "export", ID, str(target)]) == 3
    assert "error[out-exists]" in capsys.readouterr().err
    (tmp_path / "folder").mkdir()
    assert run(["models", "export", "bloom-hf", str(tmp_path / "folder")]) == 0
    assert len(list((tmp_path / "folder").glob("*.gguf"))) == 1


def test_a_pack_goes_to_another_computer(
    installed: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "U 盘.zip"
    assert run(["models", "pack", ID, str(target)]) == 0
    monkeypatch.setenv("CHATBELLE_HOME", str(tmp_path / "other"))
    capsys.readouterr()
    assert run(["models", "import", str(target)]) == 0
    assert capsys.readouterr().out == f"Taken in: {ID}\n"
    assert run(["models", "import", str(target)]) == 0
    assert capsys.readouterr().out == f"Was there already: {ID}\n"
    assert told(capsys, "verify")[0] == 0


def test_a_file_is_used_where_it_is(fx: Path, home: Path, capsys: Capture) -> None:
    code, found = told(capsys, "import", str(fx / "gguf-ref" / "bloom-f32.gguf"))
    (linked,) = found["added"]
    assert code == 0 and not linked["owned"] and linked["path"] == str(fx / "gguf-ref" / "bloom-f32.gguf")
    assert run(["models", "list"]) == 0
    assert "ready, your own file" in capsys.readouterr().out
    assert run(["models", "remove", linked["id"], "--yes"]) == 0
    assert (fx / "gguf-ref" / "bloom-f32.gguf").is_file() and told(capsys, "list")[1]["models"] == []


def test_remove_puts_it_into_the_trash(
    installed: Path, trash: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["models", "remove", ID]) == 2
    type_lines(monkeypatch, "\n")
    assert run(["models", "remove", ID]) == 130
    assert len(told(capsys, "list")[1]["models"]) == 1
    type_lines(monkeypatch, "y\n")
    assert run(["models", "remove", "bloom-hf"]) == 0
    assert capsys.readouterr().out == f"Removed: {ID}\n"
    assert len(list(trash.rglob("*.gguf"))) == 1 and told(capsys, "list")[1]["models"] == []


def test_without_a_trash_it_can_be_brought_back(
    installed: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: object) -> None:
        raise OSError("no trash here")

    monkeypatch.setattr("send2trash.send2trash", refuse)
    assert run(["models", "remove", ID, "--yes"]) == 3
    err = capsys.readouterr().err
    assert "error[trash-failed]" in err
    _, found = told(capsys, "undo")
    token = found["removed"][0]["token"]
    assert f"chatbelle models undo {token}" in err
    assert told(capsys, "undo", token)[1]["id"] == ID
    assert told(capsys, "verify")[0] == 0


def test_a_name_that_several_have(installed: Path, capsys: Capture) -> None:
    shutil.copytree(installed / "models" / ID, installed / "models" / "second")
    assert run(["models", "remove", "bloom-hf", "--yes"]) == 2
    assert ID in capsys.readouterr().err
    assert len(told(capsys, "list")[1]["models"]) == 2


def test_move(installed: Path, tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "新 位置"
    code, moved = told(capsys, "move", str(folder))
    assert code == 0 and moved["target"] == str(folder)
    assert Settings.load(installed / "settings.json").get("models_folder") == str(folder)
    assert told(capsys, "verify")[1]["models"][0]["path"].startswith(str(folder))
    assert find_model(ID, Paths(installed)).path.is_relative_to(folder)
    assert run(["models", "move", "--back"]) == 0  # nothing is half moved
