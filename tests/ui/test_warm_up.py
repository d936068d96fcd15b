"""What is imported while nobody waits: everything that the first opening of a page would have to import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, time
from PySide6.QtCore import QCoreApplication, QTimer
from app.ui import warm_up
application = QCoreApplication([])
warm_up.EVERY_MS = 0
warm = warm_up.WarmUp(application)
before = set(sys.modules)
turns = []
def look():
    turns.append(len(sys.modules))
    if not warm._timer.isActive():
        application.quit()
watch = QTimer()
watch.timeout.connect(look)
warm.begin()
watch.start(0)
application.exec()
known = set(sys.modules)
import app.ui.models.screen, app.ui.models.row_menu, app.ui.models.plan_sheet, app.ui.wizard.wizard
import app.ui.settings.window
late = {name for name in set(sys.modules) - known if name.startswith("app.")}
print(len(set(turns)) > 10, sorted(late), {"llama_cpp", "huggingface_hub", "httpx2"} & known)
"""


def test_everything_comes_in_many_short_turns(tmp_path: Path) -> None:
    environment = {**os.environ, "CHATBELLE_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True, timeout=120, cwd=ROOT
    )
    assert done.stdout.split("\n")[0] == "True [] set()"
