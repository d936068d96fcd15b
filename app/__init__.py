"""ChatBELLE: runs BELLE language models on this computer, offline."""

__version__ = "0.1.0"

# Where a browser shows what was released, and where the newest release is asked for (an answer as code hosts give it:
# JSON with `tag_name`). Both empty: nothing is published, and the settings do not offer to look for an update.
RELEASES_PAGE = ""
RELEASES_ADDRESS = ""
