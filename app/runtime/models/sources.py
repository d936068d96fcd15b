"""Where models come from, by which way, and which source is the fastest from here.

Rules: TLS everywhere but to this computer itself; a token goes to the official hub and nowhere else;
nothing is asked before the user starts it.
"""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from app.errors import Fixable
from app.runtime.models.faults import is_loopback, shown_host

ENVIRONMENT = "HF_ENDPOINT"
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-f:.]+", re.IGNORECASE)
SYSTEM, DIRECT = "", "direct"  # the proxy rules that are no address
PROXIES = ("http", "https", "socks5", "socks5h")
WEB_PARTS = ("tree", "blob", "resolve", "raw", "commits", "discussions")


@dataclass(frozen=True)
class Source:
    """A place that speaks the hub's protocol. `endpoint` has no slash at its end; `name` is shown."""

    name: str
    endpoint: str


OFFICIAL = Source("Hugging Face", "https://huggingface.co")
MIRROR = Source("hf-mirror", "https://hf-mirror.com")
KNOWN = (OFFICIAL, MIRROR)


def custom_source(text: str) -> Source:
    """The source at an address that the user typed. Raises `Fixable`: `source-address`, `source-insecure`."""
    typed = text.strip()
    address = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Fixable("source-address", address=typed[:200]) from None
    odd = parts.query or parts.fragment or parts.username is not None or re.search(r"[\s\x00-\x1f\\]", address)
    if parts.scheme not in ("http", "https") or odd or not HOST.fullmatch(host):
        raise Fixable("source-address", address=typed[:200])
    if parts.scheme == "http" and not is_loopback(address):
        raise Fixable("source-insecure", address=typed[:200])
    endpoint = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
    return next((source for source in KNOWN if source.endpoint == endpoint), Source(shown_host(endpoint), endpoint))


def default_source(environment: Mapping[str, str] = os.environ) -> Source:
    """What `HF_ENDPOINT` says, else the official hub. Raises what `custom_source` raises: another source than the one
    that was asked for would be worse."""
    wanted = environment.get(ENVIRONMENT, "").strip()
    return custom_source(wanted) if wanted else OFFICIAL


def repository_name(text: str) -> str:
    """`owner/name` out of what the user typed or the address of a page he pasted. Raises `Fixable`:
    `download-bad-repository`."""
    try:
        path = unquote(urlsplit(text.strip()).path) if "://" in text else text.strip()
    except ValueError:
        path = ""
    parts = path.strip("/").split("/")
    if "://" in text and (len(parts) == 2 or (len(parts) > 2 and parts[2] in WEB_PARTS)):
        parts = parts[:2]
    name = "/".join(parts)
    if not REPOSITORY.fullmatch(name) or "--" in name or ".." in name or name.endswith((".git", ".", "-")):
        raise Fixable("download-bad-repository", repository=text.strip()[:200])
    return name


def check_proxy(text: str) -> str:
    """The proxy rule the user chose: `SYSTEM`, `DIRECT` or an address. Raises `Fixable`: `proxy-address`."""
    rule = text.strip().rstrip("/")
    if rule in (SYSTEM, DIRECT):
        return rule
    address = rule if "://" in rule else f"http://{rule}"
    if address.startswith("socks://"):
        address = f"socks5h{address[5:]}"  # what Windows and GNOME write; names are looked up at the far end
    try:
        parts = urlsplit(address)
        good = parts.scheme in PROXIES and parts.hostname and parts.port and HOST.fullmatch(parts.hostname)
    except ValueError:
        good = False
    if not good or parts.path or parts.query or parts.fragment or re.search(r"\s", address):
        raise Fixable("proxy-address", proxy=without_password(rule)[:200])
    return address


def proxy_for(rule: str, url: str) -> str:
    """The address of the proxy for `url`, "" for none. This computer itself is never reached through one."""
    if rule == DIRECT or is_loopback(url):
        return ""
    if rule != SYSTEM:
        return rule
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return ""
    proxies = urllib.request.getproxies()
    found = next((proxies[name] for name in (parts.scheme, "all", "socks") if proxies.get(name)), "")
    return check_proxy(found)


def without_password(address: str) -> str:
    """An address fit to be shown."""
    return re.sub(r"(^|//)[^/@]*@", r"\1…@", address)
