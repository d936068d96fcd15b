"""The transcript, its messages and the composer."""
