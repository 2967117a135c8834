"""Extensions: Python packages outside Backdesk that add codeunits, fields, cues and pages."""

from desktop.extensions.extension import Extension
from desktop.extensions.loader import LoadedExtension, loaded_extensions

__all__ = ["Extension", "LoadedExtension", "loaded_extensions"]
