"""On the path of every test process: no socket but loopback. A connection elsewhere fails at once, and loudly."""

import socket

_connect, _connect_ex, _lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


class NetworkUsed(AssertionError):
    pass


def _local(host: object) -> bool:
    return str(host) in ("localhost", "::1", "0.0.0.0", "None", "") or str(host).startswith("127.")


def _guard(connect):  # type: ignore[no-untyped-def]
    def guarded(self, address):  # type: ignore[no-untyped-def]
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _local(address[0]):
            raise NetworkUsed(f"a connection to {address}")
        return connect(self, address)

    return guarded


def _guarded_lookup(host, *args, **kwargs):  # type: ignore[no-untyped-def]
    if not _local(host.decode() if isinstance(host, bytes) else host):
        raise NetworkUsed(f"a look-up of {host}")
    return _lookup(host, *args, **kwargs)


socket.socket.connect = _guard(_connect)  # type: ignore[method-assign]
socket.socket.connect_ex = _guard(_connect_ex)  # type: ignore[method-assign]
socket.getaddrinfo = _guarded_lookup
