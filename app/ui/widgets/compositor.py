"""Can a window be translucent here? Menus have round corners only where it can."""

from __future__ import annotations

import functools
import os

from PySide6.QtGui import QGuiApplication


@functools.cache
def translucent_windows() -> bool:
    """False on X11 without a compositing manager (nobody owns the selection `_NET_WM_CM_S0`)."""
    if QGuiApplication.platformName() != "xcb":
        return True
    import ctypes.util  # starts processes: only where a menu opens

    name = ctypes.util.find_library("X11")
    if not name:
        return False
    try:
        x11 = ctypes.CDLL(name)
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XInternAtom.restype = ctypes.c_ulong
        x11.XGetSelectionOwner.restype = ctypes.c_ulong
        display = x11.XOpenDisplay(os.environ.get("DISPLAY", "").encode())
        if not display:
            return False
        handle = ctypes.c_void_p(display)
        screen = x11.XDefaultScreen(handle)
        atom = x11.XInternAtom(handle, f"_NET_WM_CM_S{screen}".encode(), 0)
        owner = x11.XGetSelectionOwner(handle, ctypes.c_ulong(atom))
        x11.XCloseDisplay(handle)
    except (OSError, AttributeError):
        return False
    return bool(owner)
