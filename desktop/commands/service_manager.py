"""What a worker tells the service manager that has started it, in systemd's own words; without one, nothing."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Final

_ADDRESS: Final = "NOTIFY_SOCKET"


def tell(*states: str) -> None:
    """Send states, e.g. "READY=1" or "STATUS=…"; a manager that does not listen is no error."""
    address = os.environ.get(_ADDRESS, "")
    family = getattr(socket, "AF_UNIX", None)
    if family is None or address[:1] not in ("/", "@"):
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as manager:
        manager.sendto("\n".join(states).encode(), address)
