"""What `screenshots.py` draws: the pages, dialogs and popups, in the states in which people see them."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QWidget
from sample_jobs import CATEGORIES, JOBS, write_sample_jobs

import resources
from benchmarks.import_files import write_csv
from desktop.company import create_company
from desktop.jobqueue import actions
from desktop.settings import Settings
from models.company import User
from models.database import close_company, connected
from models.permission_edit import assign, copy_set
from models.permissions import SUPER
from models.report_inbox import inbox_of
from ui.application import Application
from ui.import_dialog.import_dialog import ImportDialog
from ui.import_dialog.notes import DRAWN
from ui.import_dialog.progress_window import ProgressWindow
from ui.import_results.heal_dialog import MapDialog
from ui.integration_setup.field_dialog import FieldDialog
from ui.integration_setup.from_file_dialog import FromFileDialog
from ui.navigation import PAGES
from ui.pages.home import Home
from ui.pages.integration_card import IntegrationCard
from ui.pages.integration_records import IntegrationRecords
from ui.pages.job_queue_categories import JobQueueCategories
from ui.pages.job_queue_schedule import DAY, DURATIONS, VIEWS, JobQueueSchedule
from ui.pages.report_inbox import ReportInbox
from ui.pages.reports import Reports
from ui.pages.task_monitor import TaskMonitor
from ui.qt_setup import make_qt
from ui.stage import Stage
from ui.theme import Mode

ROWS_OF_LONG_IMPORT = 400_000
ROWS_SEEN = 20_000  # done when the running job is drawn
SOUGHT = "marin"
NAMES = (
    "Reederei Wendland",
    "Kranbau Süd GmbH",
    "Hafenschenke Müller",
    "Bugsier Nord AG",
    "Taucherei Hansen",
)
SLOW_MS = 60_000
POINTS_SEEN = 4
CARDS = {
    "customer_card": "C00010",
    "item_card": "I00010",
    "vendor_card": "V00010",
    "sales_order_card": "SO019990",
    "integration_card": "CUSTOMERS",
    "import_run_card": "1",
    "user_card": "MARIA",
    "permission_set_card": "ORDER PROCESSOR",
}
COLLEAGUES = (
    ("ANNA", "Anna Meyer", "ORDER PROCESSOR"),
    ("BEN", "Ben Smith", "DATA MANAGER"),
    ("CLAIRE", "Claire Dubois", "READER"),
)
LISTS = {"import_run_card": "import_runs", "user_card": "users", "permission_set_card": "permission_sets"}
"""The lists from which those cards are opened that are not named like them."""


def draw(place: Path, folder: Path, size: tuple[int, int]) -> None:
    company = create_company(place / "harbour.db", "Harbour Supply Ltd.", demo=True, user_id="MARIA")
    write_sample_jobs()
    _give_sets()
    long_file = place / "Customers 2026.csv"
    write_csv(long_file, ROWS_OF_LONG_IMPORT)
    qt = make_qt(["screenshots"])
    application = Application(qt, company, Settings(theme="light", user_id="MARIA"))
    application.start()
    application.window.resize(*size)
    try:
        Screens(application, folder, long_file).draw()
    finally:
        application.shutdown()
        close_company()


def _give_sets() -> None:
    """MARIA keeps every right; the others make the lists of users and sets what they are in a company of several."""
    with connected():
        assign("MARIA", SUPER)
        for user_id, name, code in COLLEAGUES:
            User(user_id=user_id, full_name=name, enabled=user_id != "BEN").save(force_insert=True)
            assign(user_id, code)
        copy_set("READER", "AUDITOR")


class Screens:
    """The pages and dialogs, in the states in which people see them."""

    def __init__(self, application: Application, folder: Path, long_file: Path) -> None:
        self._application = application
        self._window = application.window
        self._stages = {mode: Stage(application, folder, f"-{mode}") for mode in ("light", "dark")}
        self._stage = self._stages["light"]
        self._long_file = long_file

    def draw(self) -> None:
        """All of them; first what needs a file, so that the pages are alive."""
        self._import_dialog()
        self._import_of_fixed_width()
        self._import_results()
        self._pages()
        self._schedule()
        self._reports()
        self._setup_of_integrations()
        self._popups()
        self._slow_sessions()
        self._running_job()

    def _shoot(self, name: str, of: QWidget | None = None) -> None:
        for mode, stage in self._stages.items():
            self._application.theme.set_mode(cast(Mode, mode))
            stage.calm()
            print(stage.picture(name, of))
        self._application.theme.set_mode("light")

    def _import_dialog(self) -> None:
        self._stage.calm()
        self._application.import_file(resources.path("demo", "new_customers.csv"))
        dialog = self._window.findChildren(ImportDialog)[-1]
        self._stage.wait(dialog.import_button.isEnabled, "the preview")
        self._stage.wait(lambda: dialog.preview_step.offered is not None, "the fields on offer")
        self._shoot("import-preview", dialog)
        dialog.try_button.click()
        self._stage.wait(lambda: dialog.steps.has_tried, "the dry run")
        self._shoot("import-dry-run", dialog)
        dialog.import_button.click()
        choice = dialog.after_reading.choices["background"]
        self._stage.wait(choice.isVisible, "the question")
        self._shoot("import-question", dialog)
        choice.click()
        self._stage.wait(self._has_banner, "the end of the import")
        home = self._window.current_page()
        assert isinstance(home, Home)
        failed = home.tile("Failed integration records")
        self._stage.wait(lambda: failed.value == "3", "the cue of failed records")
        for toast in self._window.toasts.visible:
            toast.dismiss()
        self._shoot("home")

    def _import_results(self) -> None:
        """The rows that failed beside their causes, and one cause being healed."""
        page = self._stage.open("integration_records", IntegrationRecords, run_id=1, status="Error")
        self._stage.calm()
        self._shoot("import-errors")
        page.side.causes.groups[0].heal_buttons["Map"].click()
        dialog = self._window.findChildren(MapDialog)[-1]
        self._shoot("import-map", dialog)
        dialog.reject()

    def _import_of_fixed_width(self) -> None:
        """A file whose columns are drawn on a ruler."""
        rows = [
            f"{f'F{number:04}':<8}{name:<28}{'DE':<4}{number * 250:>9}.00"
            for number, name in enumerate(NAMES, 1)
        ]
        path = self._long_file.with_name("Customers of the harbour.txt")
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        self._application.import_file(path, "CUSTOMERS")
        dialog = self._window.findChildren(ImportDialog)[-1]
        self._stage.wait(lambda: not dialog.preview_step.is_looking, "the preview")
        panel = dialog.preview_pane.panel
        panel.choose("delimiter", DRAWN)
        self._stage.wait(
            lambda: dialog.preview_pane.is_ruled and not dialog.preview_step.is_looking, "the ruler"
        )
        if panel.header_check.isChecked():
            panel.header_check.click()
            self._stage.wait(lambda: not dialog.preview_step.is_looking, "the file without a header")
        for section, field in enumerate(("no", "name", "country_code", "credit_limit")):
            dialog.preview_step.choose_field(section, field)
            self._stage.wait(lambda: not dialog.preview_step.is_looking, "the field")
        self._shoot("import-fixed-width", dialog)
        dialog.reject()

    def _has_banner(self) -> bool:
        page = self._window.current_page()
        return page is not None and bool(page.banners.keys)

    def _pages(self) -> None:
        for name, entry in PAGES.items():
            if entry.listed and name != "home":
                self._window.go_to(name)
                self._shoot(name.replace("_", "-"))
        self._window.go_to("home")
        self._window.navigate("data_search", text=SOUGHT)
        self._shoot("data-search-results")
        for name, key in CARDS.items():
            self._window.go_to(LISTS.get(name, name.replace("_card", "_list")))
            self._stage.calm()
            self._window.navigate(name, key=key)
            self._shoot(name.replace("_", "-"))

    def _schedule(self) -> None:
        """A day of the job queue, how long one job took, and the form of a category."""
        self._window.go_to("home")
        day = self._stage.open("job_queue_schedule", JobQueueSchedule, view=DAY)
        self._shoot("job-queue-schedule-day")
        day.views.setCurrentIndex(VIEWS.index(DURATIONS))
        self._stage.calm()
        named = day.filters.jobs.findText(JOBS[0].name)
        job_id = str(day.filters.jobs.itemData(named))
        day.filters.choose_job(job_id)
        self._shoot("job-queue-schedule-durations")
        self._window.go_to("job_queue_entries")
        self._window.navigate("job_queue_entry_card", key=job_id)
        self._shoot("job-queue-entry-card")
        self._window.go_to("home")
        categories = self._stage.open("job_queue_categories", JobQueueCategories)
        categories.list.choose(CATEGORIES[0][0])
        self._shoot("job-queue-categories-chosen")
        categories.trigger("edit")
        assert categories.dialog is not None
        self._shoot("job-queue-category", categories.dialog)
        categories.dialog.reject()

    def _reports(self) -> None:
        """A report that is ordered, and the inbox with what has become of it."""
        self._window.go_to("home")
        page = self._stage.open("reports", Reports)
        page.list.choose("sales_statistics")
        page.trigger("schedule")
        assert page.dialog is not None
        self._shoot("report-schedule", page.dialog)
        page.dialog.reject()
        page.trigger("run")
        page.dialog.order_button.click()
        user_id = self._application.context.user_id
        self._stage.wait(lambda: bool(inbox_of(user_id)), "the document")
        for toast in self._window.toasts.visible:
            toast.dismiss()
        inbox = self._stage.open("report_inbox", ReportInbox)
        inbox.list.choose(inbox_of(user_id)[0].id)
        self._shoot("report-inbox-filled")

    def _setup_of_integrations(self) -> None:
        """One field of orders, all that an integration can be told, and a new one from a file."""
        self._window.go_to("integration_list")
        card = self._stage.open("integration_card", IntegrationCard, key="SALES-ORDERS")
        card.mapping.table.setCurrentIndex(card.mapping.model.index(1, 1))
        card.mapping.edit_button.click()
        field = self._window.findChildren(FieldDialog)[-1]
        self._shoot("integration-field", field)
        field.reject()
        for place, fast_tab in enumerate(card.folding_tabs()):
            fast_tab.set_expanded(place > 2)
        self._shoot("integration-card-unfolded")
        card.trigger("from_file")
        dialog = self._window.findChildren(FromFileDialog)[-1]
        dialog.take_file(resources.path("demo", "new_customers.csv"))
        self._stage.wait(dialog.create_button.isEnabled, "the proposals")
        self._shoot("integration-from-file", dialog)
        dialog.reject()

    def _popups(self) -> None:
        self._window.go_to("home")
        self._stage.calm()
        field = self._window.top_bar.tell_me
        field.setText("job")
        field.textEdited.emit("job")
        self._shoot("tell-me")
        field.close_results()
        self._window.top_bar.bell.click()
        self._shoot("notifications")
        self._window.bell_popup.close_popup()

    def _slow_sessions(self) -> None:
        """The Task Monitor over a Role Centre whose child sessions a developer has slowed down."""
        settings = self._application.settings
        settings.developer_mode, settings.trial_delay_ms = True, SLOW_MS
        self._application.context.settings_changed()
        self._window.go_to("home")
        self._window.navigate("task_monitor")
        page = self._window.current_page()
        assert isinstance(page, TaskMonitor)
        self._stage.wait(lambda: page.load.chart.places() >= POINTS_SEEN, "the chart to have some points")
        for mode, stage in self._stages.items():
            self._application.theme.set_mode(cast(Mode, mode))
            page.look()
            print(stage.picture("task-monitor-running"))
        self._application.theme.set_mode("light")
        page.sessions.table.selectAll()
        page.trigger("stop")
        settings.developer_mode, settings.trial_delay_ms = False, 0
        self._application.context.settings_changed()
        self._window.go_to("home")
        self._stage.calm()

    def _running_job(self) -> None:
        """A job in process, with its bar, on the Role Centre, in the popup and on its page."""
        self._application.import_file(self._long_file, "CUSTOMERS")
        dialog = self._window.findChildren(ImportDialog)[-1]
        self._stage.wait(dialog.import_button.isEnabled, "the preview")
        dialog.import_button.click()
        choice = dialog.after_reading.choices["now"]
        self._stage.wait(choice.isVisible, "the file to be read")
        choice.click()
        running = self._application.running_jobs
        self._stage.wait(lambda: any(job.done > ROWS_SEEN for job in running()), "the job to run")
        progress = self._window.findChildren(ProgressWindow)[-1]
        self._shoot("import-progress", progress)
        progress.close()
        self._window.top_bar.jobs.click()
        self._shoot("home-running")
        self._window.jobs_popup.close_popup()
        self._window.go_to("job_queue_entries")
        self._shoot("job-queue-entries-running")
        for job in running():
            actions.cancel(job.id)
        self._stage.wait(lambda: not running(), "the job to stop")
