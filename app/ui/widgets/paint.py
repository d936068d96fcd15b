"""Boxes and dots drawn by hand, edges on whole pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.ui.theme import theme


def box(
    painter: QPainter, rect: QRect | QRectF, fill: str, line: str = "", radius: float = 8, stroke: float = 1
) -> None:
    """A rounded box of token `fill` with an inner border of token `line`; `radius` in px as drawn."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, radius > 0)
    painter.setBrush(theme().color(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().color(line), stroke) if line else Qt.PenStyle.NoPen)
    inset = stroke / 2 if line else 0
    frame = QRectF(rect).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(frame, max(0.0, radius - inset), max(0.0, radius - inset))
    painter.restore()


def dot(painter: QPainter, centre: QPointF, diameter: float, token: str, *, ring: bool = False) -> None:
    """A filled dot, or a thin ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = diameter / 2
    if ring:
        painter.setPen(QPen(theme().color(token), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius -= 0.5
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color(token))
    painter.drawEllipse(centre, radius, radius)
    painter.restore()
