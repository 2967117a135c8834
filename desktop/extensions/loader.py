"""Finds extensions and loads them: those that are installed, and those in the person's folder.

An extension that cannot be loaded is switched off as a whole; Backdesk goes on without it and can say why.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Final

from desktop import paths
from desktop.codeunits import registry
from desktop.errors import ExtensionError
from desktop.extensions.extension import Extension, check

ENTRY_POINTS: Final = "backdesk.extensions"
ATTRIBUTE: Final = "extension"
_log = logging.getLogger(__name__)
_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class LoadedExtension:
    """An extension that was found.

    Args:
        name: what people call it; where it could not be read, the name of its entry point or file.
        source: the distribution that was installed, or the path in the person's folder.
        extension: what it declares; None where it could not be read.
        error: why it is switched off; empty while it works.
    """

    name: str
    source: str
    extension: Extension | None = None
    error: str = ""

    @property
    def working(self) -> bool:
        """Whether it is switched on."""
        return self.extension is not None and not self.error


_loaded: list[LoadedExtension] | None = None


def loaded_extensions() -> list[LoadedExtension]:
    """All extensions, found and loaded at the first call in this process; by name."""
    global _loaded
    with _lock:
        if _loaded is None:
            _loaded = []  # a codeunit that is looked up meanwhile begins no second round
            for found in _find():
                _loaded.append(_load(found))
            _loaded.sort(key=lambda loaded: loaded.name.casefold())
        return list(_loaded)


def switch_off(name: str, reason: str) -> None:
    """Switch an extension off, because something that it declares cannot be used."""
    with _lock:
        for place, loaded in enumerate(_loaded or []):
            if loaded.name == name and loaded.working and loaded.extension is not None:
                _take_away(loaded.extension)
                _tell(name, reason)
                assert _loaded is not None
                _loaded[place] = replace(loaded, error=reason)


def forget_extensions() -> None:
    """Unload all, so that the next call finds them anew: tests change their folder."""
    global _loaded
    with _lock:
        for loaded in _loaded or []:
            if loaded.working and loaded.extension is not None:
                _take_away(loaded.extension)
        folder = str(paths.extensions_folder())
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(folder):
                del sys.modules[name]
        if folder in sys.path:
            sys.path.remove(folder)
        _loaded = None


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    source: str
    module: str
    attribute: str = ATTRIBUTE
    folder: Path | None = None


def _find() -> Iterator[_Found]:
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
        source = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
        yield _Found(point.name, source, point.module, point.attr or ATTRIBUTE)
    folder = paths.extensions_folder()
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        is_package = (path / "__init__.py").is_file()
        if path.name.startswith(("_", ".")) or not (is_package or path.suffix == ".py"):
            continue
        yield _Found(path.stem, str(path), path.stem, folder=folder)


def _load(found: _Found) -> LoadedExtension:
    try:
        module = _import(found)
        extension = check(getattr(module, found.attribute, None))
        _check_free(extension)
    except ExtensionError as error:
        return _off(found, str(error))
    except (Exception, SystemExit) as error:
        _log.exception("the extension %s cannot be imported", found.name)
        return _off(found, f"It cannot be imported: {type(error).__name__}: {error}")
    for codeunit in extension.codeunits:
        registry.register(codeunit)
    return LoadedExtension(extension.name, found.source, extension)


def _import(found: _Found) -> ModuleType:
    if found.folder is not None and str(found.folder) not in sys.path:
        sys.path.append(str(found.folder))  # behind everything: a file there hides no module of Backdesk's
        importlib.invalidate_caches()
    module = importlib.import_module(found.module)
    if found.folder is not None and found.folder not in Path(str(module.__file__)).parents:
        raise ExtensionError(
            f"Another module is called “{found.module}” already.", "Rename the file or folder."
        )
    if not hasattr(module, found.attribute):
        raise ExtensionError(
            f"“{found.module}” has no “{found.attribute}”.", "Declare: extension = Extension(name=…, …)"
        )
    return module


def _check_free(extension: Extension) -> None:
    """Nobody else has its name, nor a number or name of its codeunits."""
    for other in _loaded or []:
        if other.working and other.name.casefold() == extension.name.casefold():
            raise ExtensionError(
                f"Another extension is called “{other.name}”: {other.source}.", "Remove one."
            )
    numbers = {codeunit.number: codeunit.name for codeunit in registry.registered()}
    names = set(numbers.values())
    for codeunit in extension.codeunits:
        if codeunit.name in names:
            raise ExtensionError(f"There is a codeunit “{codeunit.name}” already.", "Choose another name.")
        if codeunit.number in numbers:
            raise ExtensionError(
                f"The codeunit “{numbers[codeunit.number]}” has the number {codeunit.number} already.",
                "Choose another number.",
            )
        names.add(codeunit.name)
        numbers[codeunit.number] = codeunit.name


def _take_away(extension: Extension) -> None:
    for codeunit in extension.codeunits:
        registry.unregister(codeunit.name)


def _off(found: _Found, reason: str) -> LoadedExtension:
    _tell(found.name, reason)
    return LoadedExtension(found.name, found.source, error=reason)


def _tell(name: str, reason: str) -> None:
    _log.error("the extension %s is switched off: %s", name, reason)
