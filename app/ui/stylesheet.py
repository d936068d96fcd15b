"""The one QSS template, filled from the theme's tokens."""

from __future__ import annotations

import re
from typing import Protocol

TEMPLATE = """
QWidget { color: @text-1; }
QToolTip { background: @bg-raised; color: @text-1; border: 1px solid @line-strong; border-radius: 6px;
  padding: 5dp 8dp; font-size: 12dp; }

QPushButton { min-height: 34dp; padding: 0 14dp; border-radius: 8dp; border: 1px solid @line-strong;
  background: @bg-raised; color: @text-1; }
QPushButton, QToolButton, QListView { outline: 0; }
QPushButton:hover { background: @bg-hover-up; }
QPushButton:pressed { background: @bg-pressed; }
QPushButton:disabled { color: @text-off; background: @bg-raised; border-color: @line; }
QPushButton[small="true"] { min-height: 28dp; padding: 0 11dp; border-radius: 7dp; }
QPushButton[kind="primary"] { background: @accent; color: @on-accent; border: 1px solid @accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accent-hover; border-color: @accent-hover; }
QPushButton[kind="primary"]:pressed { background: @accent-press; border-color: @accent-press; }
QPushButton[kind="primary"]:disabled { background: @bg-hover; border-color: @bg-hover; color: @text-off; }
QPushButton[kind="text"] { background: transparent; border: 1px solid transparent; color: @text-2; }
QPushButton[kind="text"]:hover { background: @bg-hover; border-color: @bg-hover; }
QPushButton[kind="text"]:pressed { background: @bg-pressed; border-color: @bg-pressed; }
QPushButton[kind="text"]:disabled { color: @text-off; }
QPushButton[kind="text"][selected="true"] { background: @bg-selected; border-color: @bg-selected; color: @text-1; }
QPushButton[kind="danger"] { color: @danger; }
QPushButton[kind="danger"]:hover { background: @danger-soft; border-color: @danger-line; }
QPushButton[kind="danger"]:pressed { background: @danger-line; }
QPushButton[kind="danger"]:disabled { color: @text-off; }
QPushButton[kind="danger-fill"] { background: @danger-fill; color: @on-accent; border-color: @danger-fill; }
QPushButton[kind="bare"] { background: transparent; border: 0; padding: 0; min-height: 0; }
QPushButton[compact="true"] { min-height: 32dp; }
QPushButton[kind="link"] { background: transparent; border: 0; padding: 0; color: @accent-text; min-height: 20dp; }

QToolButton { border: 0; border-radius: 8dp; background: transparent; padding: 0; }
QToolButton:hover { background: @bg-hover; }
QToolButton[up="true"]:hover { background: @bg-hover-up; }
QToolButton:pressed, QToolButton[up="true"]:pressed { background: @bg-pressed; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox { min-height: 34dp; padding: 0 11dp; border-radius: 8dp;
  border: 1px solid @line-control; background: @bg-raised; color: @text-1; selection-background-color: @selection;
  selection-color: @text-1; placeholder-text-color: @text-3; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: 2px solid @focus; padding: 0 10dp;
  min-height: 32dp; }
QLineEdit { padding: 0 9dp; }
QLineEdit:focus { padding: 0 8dp; }
QLineEdit[wrong="true"] { border-color: @danger; }
QLineEdit[quiet="true"] { border: 0; background: @bg-hover; padding: 0; min-height: 34dp; }
QLineEdit[quiet="true"]:focus { border: 0; padding: 0; min-height: 34dp; }
QLineEdit[inline="true"] { min-height: 0; padding: 0 7dp; background: @bg-raised; }
QLineEdit[inline="true"]:focus { min-height: 0; padding: 0 6dp; }
QLineEdit[bare="true"] { border: 0; border-radius: 0; background: transparent; padding: 0; min-height: 22dp;
  color: @text-2; }
QLineEdit[bare="true"]:focus { border: 0; border-bottom: 2px solid @focus; padding: 0; min-height: 20dp; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus { border: 0; padding: 0; min-height: 0;
  background: transparent; }
QComboBox[compact="true"] { min-height: 32dp; }
QComboBox[compact="true"]:focus { min-height: 30dp; }
QComboBox::drop-down { border: 0; width: 28dp; }
QComboBox::down-arrow { image: none; }
QComboBox { combobox-popup: 0; }
QComboBox:disabled, QLineEdit:disabled { color: @text-off; border-color: @line; }
QComboBox QAbstractItemView { background: @bg-raised; border: 1px solid @line-strong; padding: 6dp; outline: 0;
  selection-background-color: @bg-hover-up; selection-color: @text-1; }
QComboBox QAbstractItemView::item { min-height: 34dp; padding: 0 10dp; border-radius: 7dp; }

QMenu { background: @bg-raised; border: 1px solid @line-strong; border-radius: 12dp; padding: 6dp; }
QMenu::item { min-height: 20dp; padding: 7dp 24dp 7dp 10dp; border-radius: 7dp; color: @text-1; }
QMenu::item:selected { background: @bg-hover-up; }
QMenu::item:disabled { color: @text-off; }
QMenu::icon { padding-left: 8dp; }
QMenu::separator { height: 1px; background: @line; margin: 6dp 4dp; }

QScrollBar:vertical { width: 14dp; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 14dp; background: transparent; margin: 0; }
QScrollBar::handle { background: @line-strong; border-radius: 3dp; margin: 4dp; }
QScrollBar::handle:vertical { min-height: 40dp; }
QScrollBar::handle:horizontal { min-width: 40dp; }
QScrollBar::handle:hover { background: @line-control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QScrollArea { background: transparent; border: 0; }
QSlider::groove:horizontal { height: 4dp; border-radius: 2dp; background: @line-strong; }
QSlider::sub-page:horizontal { height: 4dp; border-radius: 2dp; background: @accent-mark; }
QSlider::sub-page:horizontal:disabled { background: @text-off; }
QAbstractSpinBox:disabled, QLineEdit[bare="true"]:disabled { color: @text-off; }
QSlider::handle:horizontal { width: 16dp; height: 16dp; margin: -6dp 0; border-radius: 8dp; background: @slider; }
QSlider::handle:horizontal:disabled { background: @text-off; }

QAbstractScrollArea[plain="true"] { background: transparent; border: 0; }
QTextEdit[plain="true"] { selection-background-color: @selection; selection-color: @text-1; }
QFrame[rule="true"] { background: @line; border: 0; }
QTextEdit[field="true"] { background: @bg-raised; border: 1px solid @line-control; border-radius: 8dp;
  padding: 6dp 9dp; }
QTextEdit[field="true"]:focus { border: 2px solid @focus; padding: 5dp 8dp; }
QFrame#categories { background: @bg-sidebar; border: 0; border-right: 1px solid @line; }
QDialog { background: @bg-page; }

QFrame#sidebar { background: @bg-sidebar; border: 0; border-right: 1px solid @line; }
QFrame#header { background: @bg-page; border: 0; border-bottom: 1px solid @line; }
QFrame[card="true"] { background: @bg-raised; border: 1px solid @line; border-radius: 12dp; }
QLabel[tone="title"] { font-weight: 600; }
QLabel[tone="secondary"] { color: @text-2; }
QLabel[tone="hint"] { color: @text-3; }
"""


class Tokens(Protocol):
    mode: str

    def hex(self, token: str) -> str: ...
    def px(self, logical: float) -> int: ...


def fill(template: str, tokens: Tokens) -> str:
    """Replace `@token` by its colour and `Ndp` by N logical px at the current text size."""
    text = template.replace("@slider", "@text-1" if tokens.mode == "dark" else "@accent-mark")
    text = re.sub(r"(?<![\w-])(-?\d+)dp\b", lambda m: f"{tokens.px(int(m[1]))}px", text)
    return re.sub(r"@([a-z][a-z0-9-]*)", lambda m: tokens.hex(m[1]), text)


def render(tokens: Tokens) -> str:
    """The application's whole style sheet."""
    return fill(TEMPLATE, tokens)
