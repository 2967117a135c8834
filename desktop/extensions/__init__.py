"""Extensions: Python packages outside Backdesk that add codeunits, fields, cues and pages."""

from desktop.codeunits.registry import Codeunit
from desktop.extensions.extension import Extension

__all__ = ["Codeunit", "Extension"]
