"""The GitHub workflows: pinned actions, least rights, commands that exist, no untrusted text in scripts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from linux import appimage
from macos import bundle
from steps import environment
from windows import installer

ROOT = Path(__file__).resolve().parent.parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
TARGETS = {"linux-x86_64", "windows-x86_64", "macos-arm64", "macos-x86_64"}


def read(path: Path) -> dict[Any, Any]:
    document = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def jobs(path: Path) -> list[dict[str, Any]]:
    return list(read(path)["jobs"].values())


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(path) for step in job["steps"]]


def scripts(path: Path) -> str:
    return "\n".join(step["run"] for step in steps(path) if "run" in step)


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def workflow(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_there_are_two() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


def test_actions_are_pinned_by_commit_and_name_their_version(workflow: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in workflow.read_text("utf-8").splitlines() if "uses:" in line]
    assert uses
    assert [line for line in uses if not PINNED.match(line)] == []


def test_an_action_has_one_version_everywhere() -> None:
    used = [step["uses"] for path in WORKFLOWS for step in steps(path) if "uses" in step]
    names = {one.partition("@")[0] for one in used}
    assert len(set(used)) == len(names)


def test_only_the_draft_may_write(workflow: Path) -> None:
    document = read(workflow)
    assert document["permissions"] == {"contents": "read"}
    rights = {name: job["permissions"] for name, job in document["jobs"].items() if "permissions" in job}
    assert rights == ({"draft": {"contents": "write"}} if workflow == RELEASE else {})


def test_the_token_is_not_left_in_the_checkout(workflow: Path) -> None:
    checkouts = [step for step in steps(workflow) if "actions/checkout@" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_nothing_is_pasted_into_scripts(workflow: Path) -> None:
    """Names of branches and tags are chosen by others: scripts get them as variables."""
    assert "${{" not in scripts(workflow)


def test_every_job_has_a_runner_with_a_version_and_an_end(workflow: Path) -> None:
    for job in jobs(workflow):
        assert isinstance(job["timeout-minutes"], int)
        matrix = job.get("strategy", {}).get("matrix", {})
        runners = matrix.get("runner") or [row["runner"] for row in matrix.get("include", [])] or [job["runs-on"]]
        assert [one for one in runners if not re.search(r"-\d", one)] == []


def test_scripts_call_what_is_there(workflow: Path) -> None:
    text = scripts(workflow)
    for name in re.findall(r"\b(?:packaging|tools|app)/[\w./-]+\.\w+", text):
        assert (ROOT / name).is_file(), name
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make ([\w-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module, name in re.findall(r"from ([\w.]+) import (\w+) as m", text):
        source = (ROOT / (module.replace(".", "/") + ".py")).read_text("utf-8")
        assert f"def {name}(" in source
    assert "packaging/build.py" in text


@pytest.mark.skipif(shutil.which("bash") is None, reason="the scripts are bash's")
def test_scripts_are_read_by_bash(workflow: Path) -> None:
    for step in steps(workflow):
        if "run" in step and "shell" not in step:
            done = subprocess.run(["bash", "-n"], input=step["run"], capture_output=True, text=True)
            assert (done.returncode, done.stderr) == (0, ""), step["run"]


def test_release_is_built_for_every_system() -> None:
    build = read(RELEASE)["jobs"]["build"]
    assert {row["name"] for row in build["strategy"]["matrix"]["include"]} == TARGETS


def test_every_system_runs_the_self_test_of_what_people_get() -> None:
    tries = [step for step in steps(RELEASE) if step.get("name", "").startswith("Try the package")]
    assert [step["if"] for step in tries] == [f"runner.os == '{name}'" for name in ("Linux", "Windows", "macOS")]
    for step in tries:
        text = step["run"]
        file = re.search(r"packaging/[\w./]+\.ps1", text)
        text += (ROOT / file[0]).read_text("utf-8") if file else ""
        assert "self-test" in text


def test_nothing_is_published_before_all_are_built_and_without_a_tag() -> None:
    draft = read(RELEASE)["jobs"]["draft"]
    assert draft["needs"] == "build" and draft["if"] == "github.ref_type == 'tag'"
    assert "--draft" in scripts(RELEASE) and "--verify-tag" in scripts(RELEASE)


def test_what_people_get_is_uploaded_and_the_stand_in_is_not() -> None:
    (upload,) = [step for step in steps(RELEASE) if "actions/upload-artifact@" in step.get("uses", "")]
    patterns = upload["with"]["path"].split()
    endings = {pattern.removeprefix("dist/*") for pattern in patterns}
    assert endings == {".AppImage", ".deb", ".tar.gz", "-setup.exe", "-portable.zip", ".dmg", ".cdx.json"}
    assert upload["with"]["if-no-files-found"] == "error"


def test_downloads_are_checked() -> None:
    (step,) = [step for step in steps(RELEASE) if "curl" in step.get("run", "")]
    assert re.fullmatch(r"[0-9a-f]{64}", step["env"]["SHA256"])
    assert "sha256sum --check --strict" in step["run"]
    assert f"{appimage.RUNTIME}=" in step["run"]


def test_variables_are_the_ones_that_the_build_reads() -> None:
    text = RELEASE.read_text("utf-8")
    for name in (bundle.IDENTITY, bundle.KEY, bundle.KEY_ID, bundle.ISSUER, installer.SIGN):
        assert re.search(rf"\b{name}\b", text), name
    known = "|".join([bundle.IDENTITY, bundle.KEY, bundle.KEY_ID, bundle.ISSUER, installer.SIGN])
    assert set(re.findall(r"\bCHATBELLE_[A-Z_]+", text)) <= set(known.split("|"))


def test_secrets_reach_only_the_step_that_needs_them() -> None:
    with_secrets = [step["name"] for step in steps(RELEASE) if "secrets." in str(step)]
    assert with_secrets == ["Signing certificate"]
    assert all("secrets." not in str(job.get("env", {})) for job in jobs(RELEASE))


def test_macos_packages_are_for_the_version_they_name() -> None:
    assert environment.MACOS == bundle.EARLIEST
