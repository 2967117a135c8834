"""Codeunit 70: make the document of a report and put it into the Report Inbox of the person it runs as."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from desktop.errors import ParameterError
from desktop.formats import count_text
from desktop.reports import inbox, registry
from desktop.reports.document import Content, Frame, Output
from desktop.reports.parameters import read_values
from desktop.reports.registry import Report
from desktop.sessions.session import Session
from models.company import CompanyInformation
from models.database import connected, database, read_only
from models.tables import table_caption

TELL_EVERY = 500  # rows


def run(session: Session) -> None:
    """Parameters: `report` (its name), `output` (PDF or Excel), and those that the report declares.

    One run leaves one document: an attempt that comes after one that had put it into the inbox already, and was
    killed then, finds it there.

    Raises:
        UnknownCodeunitError: there is no such report.
        ParameterError: output or a parameter of the report is none.
        BackdeskError: whatever the report raises.
    """
    report = registry.find(session.parameter("report", str))
    output = _output(session.parameter("output", str, default=report.output.value))
    report_id = _made_before(session)
    if report_id is None:
        report_id = _make(session, report, output)
    session.notify_title = "Your report is ready"
    session.notify_report_id = report_id
    session.set_background_task_result({"report_id": str(report_id)})


def _output(text: str) -> Output:
    for output in Output:
        if output.value.casefold() == text.casefold():
            return output
    raise ParameterError(f"A report cannot be made as “{text}”.", "Choose PDF or Excel.")


def _made_before(session: Session) -> int | None:
    """The document that the attempt before has put in; a run that begins anew has none."""
    kept = session.last_checkpoint
    if kept is None:
        return None
    if session.attempt == 1:
        session.checkpoint(None)
        return None
    report_id = int(kept["report_id"])
    if not inbox.exists(report_id):
        return None
    session.result_text = str(kept["result"])
    return report_id


def _make(session: Session, report: Report, output: Output) -> int:
    values = read_values(report.parameters, session.parameters)
    with tempfile.TemporaryDirectory(prefix="backdesk-") as folder:
        path = Path(folder) / f"document{output.ending}"
        with read_only(table_caption):
            content = registry.content_of(report, session, values)
            _write(session, report, output, content, path)
        result = f"{report.caption} with {count_text(content.row_count)} {content.unit}, as {output.value}."
        with connected(), database.atomic():
            session.check_owner()
            report_id = inbox.put(
                path,
                user_id=session.user_id,
                report=report,
                description=_description(session, report),
                output=output,
                job_id=session.entry.job_id if session.entry else "",
                clock=session.clock,
            )
            session.checkpoint({"report_id": report_id, "result": result})
    session.result_text = result
    return report_id


def _write(session: Session, report: Report, output: Output, content: Content, path: Path) -> None:
    company = CompanyInformation.get_or_none()
    frame = Frame(company.name if company else "", report.caption, session.clock.now(), session.user_id)
    _writer(output)(path, frame, content, _teller(session, content))


def _writer(output: Output) -> Callable[[Path, Frame, Content, Callable[[int], None]], None]:
    if output is Output.PDF:
        from desktop.reports import pdf

        return pdf.write
    from desktop.reports import excel

    return excel.write


def _teller(session: Session, content: Content) -> Callable[[int], None]:
    total = content.row_count

    def tell(done: int) -> None:
        if done % TELL_EVERY == 0 or done == total:
            session.progress(done, total, f"{count_text(done)} of {count_text(total)} {content.unit}")

    tell(0)
    return tell


def _description(session: Session, report: Report) -> str:
    return (session.entry.description if session.entry else "") or report.caption
