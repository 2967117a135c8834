"""One child process as its worker sees it: started, spoken to, ended."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec

from desktop.scheduler import messages

_KEPT_LINES: Final = 40
_PIPE_PATIENCE_SECONDS: Final = 2.0
_ROOT: Final = Path(__file__).resolve().parents[2]
LIFELINE_OPTION: Final = "--lifeline"


class Closed(msgspec.Struct, frozen=True):
    """The child has ended."""


class Wake(msgspec.Struct, frozen=True):
    """Somebody else has something to tell to whoever reads the inbox."""


Mail = messages.FromChild | Closed | Wake


def command() -> list[str]:
    """How a child is started: the packaged program itself, or this Python."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child"]
    return [sys.executable, "-P", "-m", "desktop.scheduler.child"]


def _environment() -> dict[str, str]:
    environment = dict(os.environ)
    if not getattr(sys, "frozen", False):
        # The child finds the same packages, from whatever folder the program was started.
        known = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *([known] if known else [])])
    return environment


class ChildProcess:
    """A child that has been told which company to open; ready for orders at once, as it reads them in turn.

    Args:
        company: the company file.
    Raises:
        OSError: the process cannot be started.
    """

    def __init__(self, company: Path) -> None:
        self._lifeline = -1  # never written to: the operating system tells the child when it closes
        self._process = self._start()
        self._stdin = cast(BinaryIO, self._process.stdin)
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._sending = threading.Lock()
        self.inbox: queue.SimpleQueue[Mail] = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=self._read_messages, name=f"child-{self.pid}", daemon=True),
            threading.Thread(target=self._read_lines, name=f"child-{self.pid}-stderr", daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self.send(messages.Open(str(company)))

    def _start(self) -> subprocess.Popen[bytes]:
        words = command()
        flags = 0
        lines: tuple[int, ...] = ()
        if sys.platform == "win32":
            flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
        else:
            childs_end, self._lifeline = os.pipe()
            lines = (childs_end,)
            words += [LIFELINE_OPTION, str(childs_end)]
        try:
            return subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                creationflags=flags,
                pass_fds=lines,
                # Ctrl+C in a terminal goes to the worker alone, which then stops its children in good order.
                start_new_session=True,
            )
        except BaseException:
            self._drop_lifeline()
            raise
        finally:
            for line in lines:
                os.close(line)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def send(self, message: messages.ToChild) -> None:
        """Tell it something; a child that has ended is no error here: the inbox says so.

        Raises:
            UnicodeEncodeError: as `messages.packed`.
        """
        packed = messages.packed(message)
        with self._sending, contextlib.suppress(OSError, ValueError):
            messages.send(self._stdin, packed)

    def kill(self) -> None:
        """End it now, whatever it does, with the processes that its code has started."""
        with contextlib.suppress(OSError):
            if sys.platform != "win32":
                os.killpg(self.pid, signal.SIGKILL)  # it leads a group of its own
        with contextlib.suppress(OSError):
            self._process.kill()

    def last_lines(self) -> list[str]:
        """The end of what it wrote to standard error."""
        return list(self._lines)

    def wait(self) -> int:
        """Its exit code, after its end; a negative number is the signal's."""
        code = self._process.wait()
        for reader in self._readers:
            if reader is not threading.current_thread():
                # A process that its code has started, and that left the group, may hold standard error open.
                reader.join(_PIPE_PATIENCE_SECONDS)
        return code

    def close(self) -> None:
        """End it in good order: it goes when its pipe closes; one that cannot is killed by the caller."""
        with self._sending, contextlib.suppress(OSError, ValueError):
            self._stdin.close()

    def end(self, timeout_seconds: float = 2.0) -> None:
        """Close, wait, and kill what does not go; afterwards nothing of it is left."""
        self.close()
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self.wait()
        self._drop_lifeline()

    def _drop_lifeline(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _read_messages(self) -> None:
        with cast(BinaryIO, self._process.stdout) as pipe:
            while True:
                try:
                    message = messages.read_from_child(pipe)
                except (OSError, msgspec.DecodeError):
                    message = None
                if message is None:
                    break
                self.inbox.put(message)
        self.inbox.put(Closed())

    def _read_lines(self) -> None:
        with cast(BinaryIO, self._process.stderr) as pipe:
            for line in pipe:
                self._lines.append(line.decode(errors="replace").rstrip())
