"""The list of chats: a model of groups and chats, a delegate that paints rows, a view with the keyboard in mind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.ui.theme import theme
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

if TYPE_CHECKING:
    from app.runtime.chats.records import Chat

Index = QModelIndex | QPersistentModelIndex
CHAT_ROLE = Qt.ItemDataRole.UserRole + 1
KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
GAP, MORE, PAD = 2, 28, 10


def group_of(updated: float, today: date) -> str:
    """`today`, `yesterday` or `earlier`, by local date."""
    day = datetime.fromtimestamp(updated).date()
    return "today" if day >= today else "yesterday" if day == today - timedelta(days=1) else "earlier"


class ChatModel(QAbstractListModel):
    """Rows are group words (not enabled) and chats."""

    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[str | Chat] = []

    def fill(self, chats: Sequence[Chat], words: dict[str, str]) -> None:
        """Show `chats` (newest first) under the group `words`."""
        self.beginResetModel()
        self._rows, last, today = [], "", date.today()
        for chat in chats:
            group = group_of(chat.updated, today)
            if group != last:
                self._rows.append(words[group])
            self._rows.append(chat)
            last = group
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.AccessibleTextRole):
            return row if isinstance(row, str) else row.title
        return row if role == CHAT_ROLE and not isinstance(row, str) else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsSelectable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        chat = self.data(index, CHAT_ROLE)
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or chat is None or not title or title == chat.title:
            return False
        self.renamed.emit(chat.id, title)
        return True

    def index_of(self, chat: int | None) -> QModelIndex:
        for number, row in enumerate(self._rows):
            if not isinstance(row, str) and row.id == chat:
                return self.index(number)
        return QModelIndex()


class ChatDelegate(QStyledItemDelegate):
    """Paints group labels and rows; makes the field for renaming."""

    def __init__(self, view: ChatList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        px = theme().px
        if index.data(CHAT_ROLE) is None:
            return QSize(px(100), px(16) + max(px(18), QFontMetrics(theme().font("tiny")).height()) + px(6))
        height = max(px(34), QFontMetrics(theme().font("interface")).height() + px(8))
        return QSize(px(100), height + px(GAP))

    def box_of(self, rect: QRect) -> QRect:
        """The visible row without the gap under it."""
        return rect.adjusted(0, 0, 0, -theme().px(GAP))

    def more_of(self, rect: QRect) -> QRect:
        """Where ⋯ is."""
        inner, side = self.box_of(rect), theme().px(MORE)
        return QRect(inner.right() + 1 - side - theme().px(4), inner.top(), side, inner.height())

    def has_more(self, index: Index) -> bool:
        view = self._view
        return index == view.hovered or (view.ring and index == view.currentIndex())

    def title_room(self, rect: QRect, index: Index) -> QRect:
        px = theme().px
        right = px(MORE) + px(8) if self.has_more(index) else px(PAD)
        return self.box_of(rect).adjusted(px(PAD), 0, -right, 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        px, rect = theme().px, option.rect
        chat = index.data(CHAT_ROLE)
        if chat is None:
            area = rect.adjusted(px(PAD), px(16), 0, -px(6))
            painter.setFont(theme().font("tiny"))
            painter.setPen(theme().color("text-3"))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, index.data())
            return
        current = chat.id == self._view.current_chat
        hovered = index == self._view.hovered
        inner = self.box_of(rect)
        if current or hovered:
            box(painter, inner, "bg-selected" if current else "bg-hover", "", px(8))
        if self._view.ring and self._view.hasFocus() and index == self._view.currentIndex():
            box(painter, inner, "", "focus", px(8), 2)
        if option.state & QStyle.StateFlag.State_Editing:
            return
        painter.setFont(theme().font("interface"))
        painter.setPen(theme().color("text-1" if current else "text-2"))
        room = self.title_room(rect, index)
        title = QFontMetrics(painter.font()).elidedText(chat.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, title)
        if self.has_more(index):
            more, side = self.more_of(rect), px(16)
            place = more.center() - QPoint(side // 2 - 1, side // 2 - 1)
            painter.drawPixmap(place, theme().pixmap("more", 16))

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setProperty("inline", "true")
        field.setFont(theme().font("interface"))
        field.setMaxLength(200)
        field.setAccessibleName(self._view.rename_name)
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        editor.setGeometry(self.box_of(option.rect))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        title = index.data() if index.data(CHAT_ROLE) is not None else None
        if event.type() != QEvent.Type.ToolTip or not title:
            return super().helpEvent(event, view, option, index)
        wide = QFontMetrics(theme().font("interface")).horizontalAdvance(title)
        cut = wide > self.title_room(view.visualRect(index), index).width()
        QToolTip.showText(event.globalPos(), title if cut else "", view)
        return True


class ChatList(Live, QListView):
    """Click or Enter opens; F2, Delete and the menu key act on the row with the keyboard focus."""

    opened = Signal(int)
    delete_requested = Signal(int)
    menu_requested = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.current_chat: int | None = None
        self.hovered = QPersistentModelIndex()
        self.ring = False
        self.rename_name = ""
        self.chats = ChatModel(self)
        self.setModel(self.chats)
        self._delegate = ChatDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setProperty("plain", "true")
        self.chats.modelReset.connect(self._forget)
        self.go_live()

    def restyle(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def set_current(self, chat: int | None) -> None:
        self.current_chat = chat
        index = self.chats.index_of(chat)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self.viewport().update()

    def rename(self, chat: int) -> None:
        """Open the field for the chat's title, if it is listed."""
        index = self.chats.index_of(chat)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)

    def menu_point(self, index: QModelIndex) -> QPoint:
        more = self._delegate.more_of(self.visualRect(index))
        return self.viewport().mapToGlobal(more.bottomLeft())

    def _forget(self) -> None:
        self.hovered = QPersistentModelIndex()

    def _hover(self, index: Index) -> None:
        chosen = index if index.isValid() and index.data(CHAT_ROLE) is not None else QModelIndex()
        if self.hovered != chosen:
            self.hovered = QPersistentModelIndex(chosen)
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(QModelIndex())
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.ring = False
        place = event.position().toPoint()
        index = self.indexAt(place)
        chat = index.data(CHAT_ROLE) if index.isValid() else None
        if chat is None:
            event.ignore()
            return
        self._hover(index)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setCurrentIndex(index)
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_requested.emit(chat.id, event.globalPosition().toPoint())
        elif self._delegate.more_of(self.visualRect(index)).contains(place):
            self.menu_requested.emit(chat.id, self.menu_point(index))
        elif event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(chat.id)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.data(CHAT_ROLE) is not None:
            self.edit(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring = event.reason() in KEYBOARD
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.chats.index_of(self.current_chat))
            if not self.currentIndex().isValid() and self.chats.rowCount() > 1:
                self.setCurrentIndex(self.chats.index(1))
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.state() != QAbstractItemView.State.EditingState and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.ring = False
        self.viewport().update()

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chat = self.currentIndex().data(CHAT_ROLE) if self.currentIndex().isValid() else None
        key = event.key()
        menu = key == Qt.Key.Key_Menu or (
            key == Qt.Key.Key_F10 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        if self.state() == QAbstractItemView.State.EditingState or chat is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(chat.id)
        elif key == Qt.Key.Key_F2:
            self.edit(self.currentIndex())
        elif key == Qt.Key.Key_Delete:
            self.delete_requested.emit(chat.id)
        elif menu:
            self.menu_requested.emit(chat.id, self.menu_point(self.currentIndex()))
        else:
            self.ring = True
            super().keyPressEvent(event)
            self.viewport().update()
