"""One look at a file in a child process: ordered by the dialog, dropped when the person chooses otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from desktop.imports.integrations.definition import Choices
from desktop.imports.preview import Preview
from desktop.tasks.task import TaskError
from ui.foreground import ForegroundHandle, ForegroundRunner

__all__ = ["Look"]

_decoder = msgspec.json.Decoder(Preview)


class Look:
    """Previews a file; its callbacks end with it, so an older look never replaces a newer one.

    Args:
        on_preview, on_error: called on the GUI thread.
    """

    def __init__(
        self,
        foreground: ForegroundRunner,
        path: Path,
        integration_code: str,
        choices: Choices,
        lines_path: Path | None,
        on_preview: Callable[[Preview], None],
        on_error: Callable[[TaskError], None],
    ) -> None:
        self._on_preview, self._on_error = on_preview, on_error
        parameters = {
            "path": str(path),
            "integration": integration_code,
            "choices": msgspec.json.encode(choices).decode(),
            "lines_path": str(lines_path) if lines_path is not None else "",
        }
        self._handle: ForegroundHandle = foreground.run(
            self, "preview_file", parameters, None, self._done, self._failed
        )

    def cancel(self) -> None:
        """Nobody wants to see it any more."""
        self._handle.cancel()

    def _done(self, results: dict[str, str]) -> None:
        self._on_preview(_decoder.decode(results["preview"]))

    def _failed(self, error: TaskError) -> None:
        self._on_error(error)
