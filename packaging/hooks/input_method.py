"""Runs before the program: Chinese input where the desktop names fcitx, whose Qt plugin is not part of Qt.

fcitx also answers to ibus, and that plugin is part of Qt: try the named one first, then ibus.
"""

import os
import sys

if sys.platform == "linux" and not os.environ.get("QT_IM_MODULES"):
    named = os.environ.get("QT_IM_MODULE", "")
    if "fcitx" in named:
        os.environ["QT_IM_MODULES"] = f"{named};ibus"
