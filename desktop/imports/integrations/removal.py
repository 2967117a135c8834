"""Deleting an integration so that it can be taken back whole."""

from __future__ import annotations

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.imports import watch_jobs
from desktop.imports.integrations.definition_file import export_definition, import_definition
from models.database import connected, database
from models.integration import Integration
from models.record_edit import delete_record


def delete_integration(code: str, user_id: str = "", *, clock: Clock = SYSTEM_CLOCK) -> str:
    """Delete an integration with its fields and value maps; what was imported with it stays.

    Its folder is watched no more.

    Args:
        user_id: who does it, for the history of the watching job.
    Returns:
        The text from which `restore_integration` makes it again.
    Raises:
        BackdeskError: UnknownIntegration.
    """
    with connected(), database.atomic():
        text = export_definition(code, whole=True)
        watch_jobs.stop_watching(code, user_id, clock=clock)
        delete_record(Integration, code)
    return text


def restore_integration(text: str) -> str:
    """Make a deleted integration again; return its code. Its folder is watched when somebody starts that.

    Raises:
        FieldError: with code Exists: somebody has used its code meanwhile.
    """
    return import_definition(text)
