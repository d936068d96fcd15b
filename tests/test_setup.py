"""The set-up behind `make`: locks, what a machine lacks, the kept wheel, and that nothing is done twice."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import lock, setup, system_packages

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-build.lock", "requirements-package.lock"]


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "缓存"))
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    return tmp_path / "缓存" / "chatbelle"


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


# --- locks


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_and_hashes_everything_and_names_no_host(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z])", "\n" + text.split("\n", 1)[1].rstrip())[1:]
    assert blocks
    for block in blocks:
        first, *rest = [line.removesuffix(" \\").strip() for line in block.splitlines()]
        requirement = Requirement(first)
        assert [one.operator for one in requirement.specifier] == ["=="], first
        assert rest and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in rest), first
    assert not re.search(r"://|--(extra-)?index|--find-links", text)


def test_locks_agree_and_satisfy_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    run, dev, build, package = (pins(name) for name in LOCKS)
    assert run.items() <= dev.items()
    for more in (build, package):
        assert {name: dev[name] for name in more if name in dev}.items() <= more.items()
    for locked, wanted in (
        (run, project["project"]["dependencies"] + project["build-system"]["requires"]),
        (dev, project["project"]["optional-dependencies"]["dev"]),
        (build, project["dependency-groups"]["native-build"]),
        (package, project["project"]["optional-dependencies"]["package"]),
    ):
        for text in wanted:
            need = Requirement(text)
            assert need.specifier.contains(locked[canonicalize_name(need.name)]), text


def test_every_lock_but_llama_is_wheels_for_all_platforms() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    rest, native = setup.split_lock(text)
    assert setup.NATIVE not in rest
    assert native.startswith(f"{setup.NATIVE}==0.3.36 ")
    assert native.count("--hash") == 1  # the source archive
    assert rest.count("==") + native.count("==") == text.count("==")


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl", True),
        ("numpy-2.4.6-cp314-cp314-win_arm64.whl", True),
        ("numpy-2.4.6-cp313-cp313t-win_amd64.whl", False),
        ("numpy-2.4.6-cp310-cp310-win_amd64.whl", False),
        ("numpy-2.4.6-cp311-cp311-win32.whl", False),
        ("numpy-2.4.6-pp311-pypy311_pp73-win_amd64.whl", False),
        ("numpy-2.4.6-cp39-abi3-macosx_13_0_universal2.whl", True),
        ("numpy-2.4.6-py3-none-any.whl", True),
        ("numpy-2.4.5-py3-none-any.whl", False),
    ],
)
def test_hashes_of_usable_wheels(name: str, usable: bool) -> None:
    files = [(name, "a"), ("numpy-2.4.6.tar.gz", "source"), ("numpy-1.0-rc.1.zip", "odd")]
    assert lock.hashes_for("2.4.6", files) == (["a"] if usable else ["source"])


def test_index_pages_are_read() -> None:
    links = lock._Links()
    links.feed('<a href="../../x/a-1.0.tar.gz#sha256=00ff">a</a><a href="b.whl">no hash</a>')
    assert links.files == [("a-1.0.tar.gz", "00ff")]


# --- the machine


def test_set_up_starts_on_old_python_to_say_so() -> None:
    for name in ("setup.py", "system_packages.py"):
        source = (ROOT / "tools" / name).read_text("utf-8")
        ast.parse(source, feature_version=(3, 7))
        imported = {
            node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.parse(source).body
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert {name.split(".")[0] for name in imported} <= {*sys.stdlib_module_names, "tools"}


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 15, 0)])
def test_unfit_python_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert setup.main(["run"]) == 2
    assert "Python 3.11 to 3.14 is needed" in capsys.readouterr().out


def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_packages, "has_library", lambda _name: False)
    monkeypatch.setattr(system_packages, "has_module", lambda _name: False)
    monkeypatch.setattr(system_packages, "has_chinese_font", lambda: False)


def test_bare_machine_lacks_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bare_machine(monkeypatch)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    must, wished = system_packages.missing_packages(for_tests=True, for_window=True, compiler=True, venv=True)
    assert len(must) == len(set(must))
    assert {"python3-venv", "gcc", "g++", "libegl1", "libxcb-cursor0", "xvfb", "xdotool", "wmctrl"} <= set(must)
    assert "fonts-wqy-microhei" in must
    assert wished == []


def test_terminal_needs_no_window_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    bare_machine(monkeypatch)
    none: tuple[list[str], list[str]] = ([], [])
    assert system_packages.missing_packages(False, False, compiler=False, venv=False) == none


@pytest.mark.skipif(sys.platform != "linux", reason="Linux libraries")
def test_libraries_are_really_looked_for() -> None:
    assert system_packages.has_library("libc.so.6")
    assert not system_packages.has_library("libnowhere.so.1")


def test_ordinary_user_gets_one_message_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    bare_machine(monkeypatch)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    with pytest.raises(setup.SetupFailed) as failure:
        setup.check_system(for_tests=False, for_window=True, compiler=True)
    text = str(failure.value)
    assert text.count("sudo apt-get install -y") == 1
    assert "libxcb-icccm4" in text and "fonts-noto-cjk" in text and "g++" in text


def test_root_gets_packages_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    bare_machine(monkeypatch)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    ran: list[list[str]] = []

    def install(command: list[str], *_: object, **__: object) -> int:
        ran.append(command)
        if command[1] == "install":
            monkeypatch.setattr(system_packages, "has_library", lambda _name: True)
            monkeypatch.setattr(system_packages, "has_chinese_font", lambda: True)
        return 0

    monkeypatch.setattr(setup, "run_logged", install)
    monkeypatch.setattr(system_packages, "has_module", lambda _name: True)
    setup.check_system(for_tests=False, for_window=True, compiler=True)
    assert [command[:2] for command in ran] == [["apt-get", "update"], ["apt-get", "install"]]
    assert "libxcb-cursor0" in ran[1]


# --- long steps


def test_failing_step_shows_its_end_and_names_its_log(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with pytest.raises(setup.SetupFailed) as failure:
        setup.run_logged([sys.executable, "-c", "print('the reason'); raise SystemExit(4)"], log, "Trying")
    assert "the reason" in str(failure.value)
    assert str(log) in str(failure.value)


def test_long_step_says_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "REPORT_EVERY", 0.2)
    script = "import time; print('[3/140] Building', flush=True); time.sleep(1)"
    setup.run_logged([sys.executable, "-c", script], tmp_path / "a.log", "Compiling")
    assert re.search(r"Compiling: \d s, step 3 of 140", capsys.readouterr().out)


# --- llama.cpp's wheel


def test_wheel_is_kept_per_machine_and_flags(monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> None:
    native = setup.split_lock((ROOT / "requirements.lock").read_text("utf-8"))[1]
    assert setup.kept_wheel(native) is None
    folder = empty_cache / "wheels" / setup.machine_key()
    folder.mkdir(parents=True)
    wheel = folder / "llama_cpp_python-0.3.36-py3-none-linux_x86_64.whl"
    wheel.touch()
    assert setup.kept_wheel(native) == wheel
    assert setup.kept_wheel(native.replace("0.3.36", "0.3.99")) is None
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=ON")
    assert setup.kept_wheel(native) is None


def test_broken_build_leaves_no_wheel(monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> None:
    monkeypatch.setattr(setup, "make_venv", lambda _folder: None)
    monkeypatch.setattr(setup, "pip_install", lambda *_: None)

    def fail(command: list[str], log: Path, *_: object) -> int:
        (Path(command[-1]) / "half.whl").touch()
        raise setup.SetupFailed(str(log))

    monkeypatch.setattr(setup, "run_logged", fail)
    with pytest.raises(setup.SetupFailed, match="llama-cpp-"):
        setup.build_wheel("llama-cpp-python==0.3.36")
    assert not list(empty_cache.rglob("*.whl"))


# --- doing nothing twice


@pytest.fixture
def installs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A fake `.venv`; the list gets one entry per real installation."""
    venv = tmp_path / ".venv"
    python = setup.venv_python(venv)
    python.parent.mkdir(parents=True)
    python.touch()
    done: list[str] = []
    monkeypatch.setattr(setup, "VENV", venv)
    monkeypatch.setattr(setup, "STAMP", venv / "chatbelle.json")
    monkeypatch.setattr(setup, "check_system", lambda *_, **__: None)
    monkeypatch.setattr(setup, "install", lambda rest, *_: done.append("dev" if "pytest" in rest else "run"))
    return done


def test_second_start_installs_nothing(installs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    setup.prepare()
    setup.prepare()
    assert installs == ["run"]
    setup.prepare(for_tests=True)
    setup.prepare()
    setup.prepare(for_tests=True)
    assert installs == ["run", "dev"]
    monkeypatch.setattr(setup, "machine_key", lambda: "another processor")
    setup.prepare()
    assert installs == ["run", "dev", "run"]


def test_tests_alone_serve_the_app_too(installs: list[str]) -> None:
    setup.prepare(for_tests=True)
    setup.prepare()
    assert installs == ["dev"]


def test_damaged_stamp_means_set_up_again(installs: list[str]) -> None:
    setup.prepare()
    setup.STAMP.write_text("[", "utf-8")
    setup.prepare()
    assert installs == ["run", "run"]
    assert "run" in json.loads(setup.STAMP.read_text("utf-8"))


def test_without_a_display_the_terminal_chat_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(setup, "prepare", lambda **_: Path("python"))
    monkeypatch.setattr(setup, "call", lambda command: called.append(command) or 0)
    monkeypatch.setattr(setup, "has_display", lambda: False)
    assert setup.main(["run", "--"]) == 0
    assert "no display" in capsys.readouterr().out
    assert setup.main(["run", "--", "self-test"]) == 0
    monkeypatch.setattr(setup, "has_display", lambda: True)
    assert setup.main(["run", "--"]) == 0
    assert [command[3:] for command in called] == [["chat"], ["self-test"], []]


def test_every_check_runs_and_one_failure_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def call(command: list[str], environment: dict[str, str]) -> int:
        assert environment["QT_QPA_PLATFORM"] == "offscreen"
        assert "DISPLAY" not in environment
        ran.append(" ".join(Path(part).name for part in command))
        return 1 if "mypy" in ran[-1] else 0

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(setup, "prepare", lambda **_: Path("bin/python"))
    monkeypatch.setattr(setup, "call", call)
    assert setup.main(["test", "--", "-k", "a word"]) == 1
    assert len(ran) == 5
    assert ran[-1] == "python -m pytest -k a word"


# --- make and CI


def test_makefile_and_ci_are_thin() -> None:
    assert (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1] == "exec make test"
    outer = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "PYTHON", "ARGS")  # of the make that runs this test
    environment = {name: value for name, value in os.environ.items() if name not in outer}
    command = ["make", "-n", "run", "ARGS=chat --prompt 你好"]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert shown.stdout.decode().strip() == "python3 tools/setup.py run -- chat --prompt 你好"
