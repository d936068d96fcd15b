"""The settings window, built from the rows of `app.settings`."""
