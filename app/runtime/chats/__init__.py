"""Chats: history on disk and the state machine of a conversation."""
