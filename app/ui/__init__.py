"""The window: PySide6 widgets that show frozen snapshots and send commands."""
