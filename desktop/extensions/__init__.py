"""Extensions: Python packages outside Backdesk that add codeunits, tables, fields, cues and pages."""

from desktop.codeunits.registry import Codeunit
from desktop.extensions.extension import Extension
from desktop.imports.integrations.targets import ImportTarget

__all__ = ["Codeunit", "Extension", "ImportTarget"]
