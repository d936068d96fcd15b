"""TLS and proxies for tests: a server certificate, an HTTP and a SOCKS proxy that lead every name to this computer.

The certificate and its key are for tests alone: its authority is trusted by nobody, and that one's key was thrown away.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhDaGF0QkVM
TEUgdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
MDBaMCMxITAfBgNVBAMMGENoYXRCRUxMRSB0ZXN0IGF1dGhvcml0eTBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABJuw2+UC0PD3i06cesIdm1TRAWIV6JzsCsU53CCB
y12kaD+q0UCCU1z+r7vq9cisSOwvrWzWgvvAEOB6sxh2yCajQjBAMA8GA1UdEwEB
/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBRu17yLCIiy23W5zAzg
nT1Cg14CkjAKBggqhkjOPQQDAgNIADBFAiAL5E5gJJ5zCxkHMKWfn+6o1Y793BQc
pHxihrjFpw6WIQIhANHq8+496Yi8jnBk2VpKpsU1yMRRiR7IeP+0y41huKiL
-----END CERTIFICATE-----
"""
SERVER = """\
-----BEGIN CERTIFICATE-----
MIIB7jCCAZSgAwIBAgIBAjAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhDaGF0QkVM
TEUgdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
MDBaMCAxHjAcBgNVBAMMFUNoYXRCRUxMRSB0ZXN0IHNlcnZlcjBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABKnPcty9+AF6xHMdWMdaKJOnEG7pb81L/er8OR9bPHet
c1Anr8MsdKKMbQazH7mBVR5MTCWHrqI9COLb73hUuSKjgbkwgbYwRwYDVR0RBEAw
PoIOaHVnZ2luZ2ZhY2UuY2+CDWhmLW1pcnJvci5jb22CCWxvY2FsaG9zdIIMc3Rv
cmFnZS50ZXN0hwR/AAABMAkGA1UdEwQCMAAwCwYDVR0PBAQDAgeAMBMGA1UdJQQM
MAoGCCsGAQUFBwMBMB0GA1UdDgQWBBSFMOBkT2J5HLZNdUkbpiDkVWLSYTAfBgNV
HSMEGDAWgBRu17yLCIiy23W5zAzgnT1Cg14CkjAKBggqhkjOPQQDAgNIADBFAiB6
bbwz6GGL52yCxlUIHIfQVVKWXLyCFbKxCnPXgeN8PAIhAPeyT57PS2uNr2tGfjLo
IPOA5g1IIfqHXxbgFPjsemqK
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsMin6q7rdiLCh/ID
c5I6Av/QniAeBap+Vb7ThWrdtfChRANCAASpz3LcvfgBesRzHVjHWiiTpxBu6W/N
S/3q/DkfWzx3rXNQJ6/DLHSijG0Gsx+5gVUeTEwlh66iPQji2+94VLki
-----END PRIVATE KEY-----
"""
NAMES = ("huggingface.co", "hf-mirror.com", "localhost", "storage.test", "127.0.0.1")  # in the certificate


def server_context(folder: Path) -> ssl.SSLContext:
    """For a server that is one of `NAMES`."""
    path = folder / "server.pem"
    path.write_text(SERVER)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def authority_file(folder: Path) -> Path:
    """For `SSL_CERT_FILE`, to trust the server."""
    path = folder / "authority.pem"
    path.write_text(AUTHORITY)
    return path


class Proxy:
    """`kind`: "http" or "socks5". `ports`: where on this computer each name leads. `refuse`: an HTTP status given to
    everybody. `asked`: the names that were asked for, with the user and password given for SOCKS."""

    def __init__(self, kind: str, ports: Mapping[str, int], refuse: int = 0) -> None:
        self.kind = kind
        self.ports = ports
        self.refuse = refuse
        self.asked: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Http if kind == "http" else _Socks)
        self._server.proxy = self

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="proxy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        scheme = "http" if self.kind == "http" else "socks5h"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}"


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    proxy: Proxy


class _Tunnel(BaseRequestHandler):
    server: _Server

    def join(self, name: str, greeting: bytes) -> None:
        """Connect the client to where `name` leads."""
        with socket.create_connection(("127.0.0.1", self.server.proxy.ports[name])) as far:
            self.request.sendall(greeting)
            ends = {self.request: far, far: self.request}
            with suppress(OSError):
                while True:
                    for one in select.select(list(ends), [], [], 10)[0]:
                        data = one.recv(65536)
                        if not data:
                            return
                        ends[one].sendall(data)


class _Http(_Tunnel):
    def handle(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.request.recv(4096)
        target = head.split()[1].decode()
        self.server.proxy.asked.append(target)
        if self.server.proxy.refuse:
            self.request.sendall(b"HTTP/1.1 %d Refused\r\nContent-Length: 0\r\n\r\n" % self.server.proxy.refuse)
            return
        self.join(target.rpartition(":")[0], b"HTTP/1.1 200 Connected\r\n\r\n")


class _Socks(_Tunnel):
    def handle(self) -> None:
        _, count = self.exactly(2)
        self.exactly(count)
        self.request.sendall(b"\x05\x00")
        _, _, _, kind = self.exactly(4)
        name = self.exactly(self.exactly(1)[0]).decode() if kind == 3 else socket.inet_ntoa(self.exactly(4))
        (port,) = struct.unpack(">H", self.exactly(2))
        self.server.proxy.asked.append(f"{name}:{port}")
        self.join(name, b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")

    def exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += self.request.recv(count - len(data))
        return data
