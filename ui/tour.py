"""The tour: without a display, the same window offscreen imports a sample file, step by step, with pictures."""

from __future__ import annotations

from pathlib import Path

import resources
from desktop.imports import service
from desktop.settings import Settings
from models.database import connected
from models.job_queue import EntryStatus, JobQueueEntry
from ui.application import Application
from ui.framework.list_page import ListPage
from ui.import_dialog.after_reading import BACKGROUND
from ui.import_dialog.import_dialog import ImportDialog
from ui.navigation import PAGES
from ui.qt_setup import make_qt
from ui.stage import Stage, StageError

SAMPLE = ("demo", "new_customers.csv")
SOUGHT = "marin"
ENDED = (EntryStatus.FINISHED, EntryStatus.ERROR, EntryStatus.CANCELLED)


def run_tour(company: Path, settings: Settings, pictures: Path) -> int:
    """Show the pages and import the sample file through the real widgets.

    Args:
        company: the company file, open already.
        pictures: the folder for a picture of each step.
    Returns:
        The exit code: 0 when every step worked, 1 when one did not.
    """
    print("There is no display here, so Backdesk shows itself as a tour: the same window, offscreen.")
    qt = make_qt(["backdesk"])
    application = Application(qt, company, settings)
    tour = _Tour(application, pictures)
    try:
        application.start()
        tour.run()
    except StageError as error:
        print(f"The tour could not go on: {error}.")
        return 1
    finally:
        application.shutdown()
    print(f"The pictures are in {pictures}. On a computer with a display, the same command opens the window.")
    return 0


class _Tour:
    """The steps, in their order."""

    def __init__(self, application: Application, pictures: Path) -> None:
        self._stage = Stage(application, pictures)
        self._application = application
        self._number = 0

    def run(self) -> None:
        """All steps.

        Raises:
            StageError: a step did not come to its end.
        """
        self._stage.calm()
        self._step("The Role Centre, its cues computed in the background", "role-centre")
        for name, entry in PAGES.items():
            if entry.listed and name not in ("home", "integration_records"):
                self._application.window.go_to(name)
                self._stage.calm()
                self._step(f"The page {entry.title}", name.replace("_", "-"))
                self._card()
        self._application.window.search_data(SOUGHT)
        self._stage.calm()
        self._step(f"What the company knows about “{SOUGHT}”", "data-search-results")
        self._import()

    def _card(self) -> None:
        """Open the record that the list in front stands on, as Enter does."""
        page = self._application.window.current_page()
        if not isinstance(page, ListPage) or not page.CARD or not page.current_key():
            return
        page.open_record(page.current_key())
        self._stage.calm()
        self._step(f"A card: {PAGES[page.CARD].title}", page.CARD.replace("_", "-"))

    def _import(self) -> None:
        window, stage = self._application.window, self._stage
        window.go_to("home")
        stage.calm()
        sample = resources.path(*SAMPLE)
        self._application.import_file(sample)
        dialog = window.findChildren(ImportDialog)[-1]
        stage.wait(dialog.import_button.isEnabled, "the preview of the sample file")
        self._step(f"The preview of {sample.name}", "import-preview", dialog)
        dialog.import_button.click()
        choice = dialog.after_reading.choices[BACKGROUND]
        stage.wait(choice.isVisible, "the file to be read")
        self._step("Every row is staged; what shall happen with them?", "import-question", dialog)
        run_id = dialog.run_id
        if run_id is None:
            raise StageError("the file was read, but no import came of it")
        choice.click()
        stage.wait(lambda: self._ended(run_id), "the import to end")
        stage.wait(self._is_told, "its message")
        self._step(f"Import complete: {service.summary(run_id).text}", "import-complete")
        window.navigate("integration_records", run_id=run_id)
        stage.calm()
        self._step("Which rows failed, and why", "integration-records")
        window.navigate("job_queue_log_entries")
        stage.calm()
        self._step("The log of the job", "job-log")

    def _is_told(self) -> bool:
        page = self._application.window.current_page()
        return page is not None and bool(page.banners.keys)

    def _ended(self, run_id: int) -> bool:
        job_id = service.summary(run_id).job_id
        with connected():
            job = JobQueueEntry.get_or_none(JobQueueEntry.id == job_id)
        return job is not None and job.status in ENDED

    def _step(self, text: str, name: str, of: ImportDialog | None = None) -> None:
        self._number += 1
        file = self._stage.picture(f"{self._number:02d}-{name}", of)
        print(f"{self._number:2d}. {text}  → {file.name}")
