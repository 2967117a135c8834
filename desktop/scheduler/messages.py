"""What a worker and its child processes say to each other: msgpack, each message after its length in four bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

import msgspec

from desktop.scheduler.engine import ChildOutcome, ChildRequest
from desktop.sessions.hosting import SessionOrder

_LENGTH: Final = struct.Struct(">I")


class Open(msgspec.Struct, tag=True, frozen=True):
    """The first word: which company."""

    company: str


class Run(msgspec.Struct, tag=True, frozen=True):
    """Run this; `number` names it in what follows."""

    number: int
    request: ChildRequest


class Cancel(msgspec.Struct, tag=True, frozen=True):
    """Stop run `number`; `release` when it goes on later."""

    number: int
    release: bool = False


class SessionAnswer(msgspec.Struct, tag=True, frozen=True):
    """What became of a `SessionCall`: an id, yes or no, or an error as code, text and hint."""

    session_id: str = ""
    yes: bool = False
    error: tuple[str, str, str] | None = None


class Progress(msgspec.Struct, tag=True, frozen=True):
    """How far run `number` is."""

    number: int
    done: int
    total: int
    text: str


class Ended(msgspec.Struct, tag=True, frozen=True):
    """Run `number` has ended so; the child waits for the next."""

    number: int
    outcome: ChildOutcome


class SessionCall(msgspec.Struct, tag=True, frozen=True):
    """Run `number` starts a session (`order`), stops one (`comment`), or asks whether one is active."""

    number: int
    session_id: str = ""
    order: SessionOrder | None = None
    comment: str | None = None


ToChild = Open | Run | Cancel | SessionAnswer
FromChild = Progress | Ended | SessionCall

_encoder = msgspec.msgpack.Encoder()
_to_child = msgspec.msgpack.Decoder(ToChild)
_from_child = msgspec.msgpack.Decoder(FromChild)


def write(pipe: BinaryIO, message: ToChild | FromChild) -> None:
    """Send one message.

    Raises:
        UnicodeEncodeError: it has a text with signs that are none, such as the name of a file may have.
        OSError: nobody reads any more.
    """
    send(pipe, packed(message))


def packed(message: ToChild | FromChild) -> bytes:
    """A message as it is sent.

    Raises:
        UnicodeEncodeError: as `write`.
    """
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


def send(pipe: BinaryIO, message: bytes) -> None:
    """Send a message that is packed.

    Raises:
        OSError: nobody reads any more.
    """
    pipe.write(message)
    pipe.flush()


def read_to_child(pipe: BinaryIO) -> ToChild | None:
    """The next message for a child; None when the other side has closed."""
    body = _read(pipe)
    return None if body is None else _to_child.decode(body)


def read_from_child(pipe: BinaryIO) -> FromChild | None:
    """The next message of a child; None when it has ended."""
    body = _read(pipe)
    return None if body is None else _from_child.decode(body)


def _read(pipe: BinaryIO) -> bytes | None:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(head)[0]
    body = pipe.read(size)
    return body if len(body) == size else None
