"""Finds extensions and loads them: those that are installed, and those in the person's folder.

An extension that cannot be loaded is switched off as a whole; Backdesk goes on without it and can say why.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Final

from desktop import paths
from desktop.codeunits import registry
from desktop.codeunits.registry import Codeunit
from desktop.errors import ExtensionError
from desktop.extensions.extension import Extension, check
from desktop.imports.integrations import targets
from desktop.reports import registry as reports
from desktop.reports.registry import Report
from models.errors import BackdeskError
from models.tables import TABLES

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
        call_stack: the traceback of a fault in it; empty where there is none.
    """

    name: str
    source: str
    extension: Extension | None = None
    error: str = ""
    call_stack: str = ""

    @property
    def working(self) -> bool:
        """Whether it is switched on."""
        return self.extension is not None and not self.error


_loaded: list[LoadedExtension] | None = None
_folder: Path | None = None  # the person's folder, while it stands in the path of imports


def loaded_extensions() -> list[LoadedExtension]:
    """All extensions, found and loaded at the first call in this process; by name."""
    global _loaded
    with _lock:
        if _loaded is None:
            _loaded = []  # a codeunit that is looked up meanwhile begins no second round
            for found in _find():
                loaded = _load(found)
                if loaded is not None:
                    _loaded.append(loaded)
            _loaded.sort(key=lambda loaded: loaded.name.casefold())
        return list(_loaded)


def working_extensions() -> list[Extension]:
    """What those declare that are switched on."""
    return [loaded.extension for loaded in loaded_extensions() if loaded.extension and loaded.working]


def switch_off(name: str, error: BaseException) -> None:
    """Switch a working extension off in this process, because something that it declares cannot be used."""
    with _lock:
        for place, loaded in enumerate(_loaded or []):
            if _loaded and loaded.name == name and loaded.working and loaded.extension is not None:
                _take_away(loaded.extension)
                _loaded[place] = _switched_off(loaded, error)


def forget_extensions() -> None:
    """Unload all, so that the next call finds them anew: what is installed or in the folder has changed."""
    global _loaded, _folder
    with _lock:
        for loaded in _loaded or []:
            if loaded.working and loaded.extension is not None:
                _take_away(loaded.extension)
        if _folder is not None:
            for name, module in list(sys.modules.items()):
                if _folder in Path(str(getattr(module, "__file__", None))).parents:
                    del sys.modules[name]
            sys.path.remove(str(_folder))
        _loaded = _folder = None


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
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for path in inside:
        is_package = (path / "__init__.py").is_file()
        if not path.name.startswith(("_", ".")) and (is_package or path.suffix == ".py"):
            yield _Found(path.stem, str(path), path.stem, folder=folder)


def _load(found: _Found) -> LoadedExtension | None:
    """Load it; None where it is loaded already, because it is found in two ways."""
    loaded = LoadedExtension(found.name, found.source)
    try:
        extension = check(getattr(_import(found), found.attribute))
        if any(other.extension is extension for other in _loaded or []):
            return None
        loaded = replace(loaded, name=extension.name, extension=extension)
        _check_free(extension)
    except (Exception, SystemExit) as error:
        return _switched_off(loaded, error)
    for codeunit in extension.codeunits:
        registry.register(codeunit)
    for report in extension.reports:
        reports.register(report)
    for target in extension.tables:
        targets.register(target)
    return loaded


def _import(found: _Found) -> ModuleType:
    if found.folder is not None:
        if not found.module.isidentifier():
            raise ExtensionError(
                f"“{found.module}” cannot be the name of a Python module.",
                "Rename it: letters, digits and _.",
            )
        _add_to_path(found.folder)
    module = importlib.import_module(found.module)
    if found.folder is not None and found.folder not in Path(str(module.__file__)).parents:
        raise ExtensionError(
            f"Another module is called “{found.module}” already.", "Rename the file or folder."
        )
    if not hasattr(module, found.attribute):
        raise ExtensionError(
            f"“{found.module}” has no “{found.attribute}”.", "Declare: extension = Extension(name=…, …)."
        )
    return module


def _add_to_path(folder: Path) -> None:
    global _folder
    if _folder is None:
        _folder = folder
        sys.path.append(str(folder))  # behind everything: a file there hides no module of Backdesk's
        importlib.invalidate_caches()


def _check_free(extension: Extension) -> None:
    """Nobody else has its name, nor a number or name of its codeunits and reports.

    Raises:
        ExtensionError: somebody has.
    """
    for other in _loaded or []:
        if other.name.casefold() == extension.name.casefold():
            raise ExtensionError(
                f"Another extension is called “{other.name}” too: {other.source}.", "Remove one."
            )
    _check_names("codeunit", extension.codeunits, registry.registered())
    _check_names("report", extension.reports, reports.registered())
    for target in extension.tables:
        for record in target.records:
            if record.table() in TABLES:
                raise ExtensionError(f"There is a table “{record.table()}” already.", "Choose another name.")


def _check_names(
    word: str, declared: Sequence[Codeunit | Report], known: Sequence[Codeunit | Report]
) -> None:
    names = {other.number: other.name for other in known}
    for new in declared:
        if new.name in names.values():
            raise ExtensionError(f"There is a {word} “{new.name}” already.", "Choose another name.")
        if new.number in names:
            raise ExtensionError(
                f"The {word} “{names[new.number]}” has the number {new.number} already.",
                "Choose another number.",
            )
        names[new.number] = new.name


def _take_away(extension: Extension) -> None:
    for codeunit in extension.codeunits:
        registry.unregister(codeunit.name)
    for report in extension.reports:
        reports.unregister(report.name)
    for target in extension.tables:
        targets.unregister(target.name)


def _switched_off(loaded: LoadedExtension, error: BaseException) -> LoadedExtension:
    stack = "" if isinstance(error, BackdeskError) else "".join(traceback.format_exception(error))
    reason = _reason(error)
    _log.error("the extension %s (%s) is switched off: %s", loaded.name, loaded.source, reason)
    return replace(loaded, error=reason, call_stack=stack)


def _reason(error: BaseException) -> str:
    """What is wrong, as people read it."""
    if isinstance(error, BackdeskError):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"It needs the Python module “{error.name}”, which is not there. Install it beside Backdesk."
    if isinstance(error, SyntaxError):
        place = f" in line {error.lineno} of {Path(error.filename).name}" if error.filename else ""
        return f"It is not valid Python: {error.msg}{place}."
    return f"It failed when it was imported: {type(error).__name__}: {error}."
