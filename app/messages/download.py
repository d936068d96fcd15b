"""Codes of fetching files: sources, proxies, and how servers misbehave."""

from __future__ import annotations

from app.messages.text import Text
from app.settings import QT_TRANSLATE_NOOP

MESSAGES: dict[str, Text] = {
    "network-forbidden": Text(
        QT_TRANSLATE_NOOP("Messages", "The network is switched off in the settings; {host} was not contacted."),
        QT_TRANSLATE_NOOP("Messages", "Allow connections in the settings, or use files you have."),
    ),
    "download-offline": Text(
        QT_TRANSLATE_NOOP("Messages", "This computer has no network connection."),
        QT_TRANSLATE_NOOP("Messages", "Connect and continue; nothing is lost."),
    ),
    "download-no-host": Text(
        QT_TRANSLATE_NOOP("Messages", "The address {host} cannot be found."),
        QT_TRANSLATE_NOOP("Messages", "Check the address and your DNS, or choose another source."),
    ),
    "download-unreachable": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} does not answer."),
        QT_TRANSLATE_NOOP("Messages", "Try later or another source; a proxy may be needed."),
    ),
    "download-tls": Text(
        QT_TRANSLATE_NOOP("Messages", "No safe connection to {host} ({detail})."),
        QT_TRANSLATE_NOOP(
            "Messages", "Check this computer's date, and software that inspects connections; or choose another source."
        ),
    ),
    "download-insecure": Text(
        QT_TRANSLATE_NOOP("Messages", "The source leads to an unprotected address ({host})."),
        QT_TRANSLATE_NOOP("Messages", "Perhaps the network wants you to log in: open a browser, then try again."),
    ),
    "download-proxy": Text(
        QT_TRANSLATE_NOOP("Messages", "The proxy {proxy} does not work ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Check it in the settings and that it is running."),
    ),
    "proxy-login": Text(
        QT_TRANSLATE_NOOP("Messages", "The proxy {host} wants a user name and password."),
        QT_TRANSLATE_NOOP("Messages", "Add them to the address in the settings."),
    ),
    "proxy-address": Text(
        QT_TRANSLATE_NOOP("Messages", "“{proxy}” is not a proxy address."),
        QT_TRANSLATE_NOOP("Messages", "Write it like http://127.0.0.1:7890 or socks5://127.0.0.1:1080."),
    ),
    "source-address": Text(
        QT_TRANSLATE_NOOP("Messages", "“{address}” is not the address of a source."),
        QT_TRANSLATE_NOOP("Messages", "Write it like https://hf-mirror.com."),
    ),
    "source-insecure": Text(
        QT_TRANSLATE_NOOP("Messages", "{address} is not protected (http)."),
        QT_TRANSLATE_NOOP("Messages", "Use https."),
    ),
    "download-web-page": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} sent a web page instead of the file."),
        QT_TRANSLATE_NOOP("Messages", "Perhaps a login is wanted: try a browser, or another source."),
    ),
    "download-forbidden": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} does not allow this download ({status})."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source."),
    ),
    "download-gated": Text(
        QT_TRANSLATE_NOOP("Messages", "{repository} must be requested first on {host}."),
        QT_TRANSLATE_NOOP("Messages", "Accept its terms there and enter your token in the settings."),
    ),
    "download-region": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} does not offer this file in your region."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source."),
    ),
    "download-link-expired": Text(
        QT_TRANSLATE_NOOP("Messages", "The download link of {host} is no longer valid."),
        QT_TRANSLATE_NOOP("Messages", "Continue; a new one is fetched."),
    ),
    "download-no-repository": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} has no public repository {repository}."),
        QT_TRANSLATE_NOOP("Messages", "Check the name."),
    ),
    "download-bad-repository": Text(
        QT_TRANSLATE_NOOP("Messages", "“{repository}” is not a repository name."),
        QT_TRANSLATE_NOOP("Messages", "Write it like BelleGroup/BELLE-7B-2M."),
    ),
    "download-bad-name": Text(
        QT_TRANSLATE_NOOP("Messages", "The name {file} cannot be used for a file here."),
        QT_TRANSLATE_NOOP("Messages", "Choose another file."),
    ),
    "download-not-found": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} does not have {file}."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source."),
    ),
    "download-refused": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} refused the request ({status})."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source."),
    ),
    "download-redirects": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} sends the download round in circles."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source."),
    ),
    "download-range": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} cannot continue a file in the middle."),
        QT_TRANSLATE_NOOP("Messages", "Try again, or choose another source."),
    ),
    "download-range-ignored": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} starts the file from the beginning; what you have is being skipped."),
    ),
    "download-too-many": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} is asked too often (wait: {seconds} s)."),
        QT_TRANSLATE_NOOP("Messages", "Wait, or choose another source."),
    ),
    "download-server": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} has a problem ({status})."),
        QT_TRANSLATE_NOOP("Messages", "Try later, or choose another source."),
    ),
    "download-cut": Text(
        QT_TRANSLATE_NOOP("Messages", "The connection to {host} was cut."),
        QT_TRANSLATE_NOOP("Messages", "Continue; what has arrived is kept."),
    ),
    "download-stalled": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} sends nothing."),
        QT_TRANSLATE_NOOP("Messages", "It is tried again; or choose another source."),
    ),
    "download-too-slow": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} is very slow ({rate_kb} KB/s)."),
        QT_TRANSLATE_NOOP("Messages", "Another source may be faster."),
    ),
    "download-wrong-size": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} on {host} has {size} bytes instead of {expected}."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source."),
    ),
    "download-changed": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} changed on {host} while it was downloaded."),
        QT_TRANSLATE_NOOP("Messages", "It starts anew; if that happens again, choose another source."),
    ),
    "download-other-version": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} has another version of {file} than ChatBELLE knows."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source, or update ChatBELLE."),
    ),
    "download-hash-again": Text(
        QT_TRANSLATE_NOOP(
            "Messages", "{file} from {host} arrived damaged and is fetched once more; the bad one is kept as {kept}."
        ),
    ),
    "download-wrong-hash": Text(
        QT_TRANSLATE_NOOP("Messages", "{file} from {host} was damaged twice; it is kept as {kept}."),
        QT_TRANSLATE_NOOP("Messages", "Choose another source."),
    ),
    "download-bad-answer": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} does not answer like a model hub ({detail})."),
        QT_TRANSLATE_NOOP("Messages", "Check the address of the source."),
    ),
    "update-unreadable": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} did not say which version is the newest."),
        QT_TRANSLATE_NOOP("Messages", "Try later."),
    ),
    "update-elsewhere": Text(
        QT_TRANSLATE_NOOP("Messages", "{host} sends the question on to {other}, which was not contacted."),
        QT_TRANSLATE_NOOP("Messages", "Perhaps the network wants you to log in: open a browser, then try again."),
    ),
}
