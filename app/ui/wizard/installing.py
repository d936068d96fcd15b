"""What the states of an install mean for the wizard's flow."""

from __future__ import annotations

from dataclasses import replace

from app.errors import as_app_error
from app.runtime.models.installs import InstallRequest, InstallState, InstallStatus
from app.runtime.models.setup_state import Action, Failed, Installed, Progress, Progressed, Stopped


def told(install: InstallState, paused: bool) -> Action:
    """What the state of the install means for the flow. `paused`: by the user, not because the app was closed."""
    if install.status is InstallStatus.FAILED:
        return Failed(install.id, install.error or as_app_error(RuntimeError("no error")))
    if install.status is InstallStatus.CANCELLED:
        return Stopped(install.id)
    if install.status is InstallStatus.FINISHED:
        return Installed(install.id, install.entry, install.question, install.answer)
    step = install.current
    fraction = step.done / step.total if step and step.total else None
    waits = paused and install.status is InstallStatus.PAUSED
    return Progressed(install.id, Progress(step.step if step else "", fraction, step.left if step else None, waits))


def same(one: InstallRequest, other: InstallRequest) -> bool:
    """Whether they differ at most in what can be changed half-way."""
    return replace(one, key=None, source="") == replace(other, key=None, source="")
