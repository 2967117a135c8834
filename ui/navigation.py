"""All pages by name: where their code is, how people find them, and which stand in the navigation bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ui.extensions import extend, further_pages
from ui.page_entry import PageEntry

if TYPE_CHECKING:
    from ui.framework.context import PageContext
    from ui.framework.page import Page


HOME = "home"
DATA_SEARCH = "data_search"

PAGES: dict[str, PageEntry] = {
    entry.name: entry
    for entry in (
        PageEntry(
            HOME,
            "Role Centre",
            "ui.pages.home",
            "Home",
            "data_bar_vertical_ascending",
            ("home", "cues", "overview", "start"),
            menu="Home",
        ),
        PageEntry(
            "customer_list",
            "Customers",
            "ui.pages.customer_list",
            "CustomerList",
            "people",
            ("clients", "debtors", "accounts receivable"),
            menu="Customers",
        ),
        PageEntry(
            "customer_card",
            "Customer Card",
            "ui.pages.customer_card",
            "CustomerCard",
            "people",
            listed=False,
        ),
        PageEntry(
            "item_list",
            "Items",
            "ui.pages.item_list",
            "ItemList",
            "box",
            ("products", "articles", "stock", "inventory"),
            menu="Items",
        ),
        PageEntry("item_card", "Item Card", "ui.pages.item_card", "ItemCard", "box", listed=False),
        PageEntry(
            "vendor_list",
            "Vendors",
            "ui.pages.vendor_list",
            "VendorList",
            "vehicle_truck_profile",
            ("suppliers", "creditors", "accounts payable", "purchasing"),
            menu="Vendors",
        ),
        PageEntry(
            "vendor_card",
            "Vendor Card",
            "ui.pages.vendor_card",
            "VendorCard",
            "vehicle_truck_profile",
            listed=False,
        ),
        PageEntry(
            "sales_order_list",
            "Sales Orders",
            "ui.pages.sales_order_list",
            "SalesOrderList",
            "cart",
            ("documents", "orders", "sales"),
            menu="Sales orders",
        ),
        PageEntry(
            "sales_order_card",
            "Sales Order",
            "ui.pages.sales_order_card",
            "SalesOrderCard",
            "cart",
            listed=False,
        ),
        PageEntry(
            "integration_list",
            "Integrations",
            "ui.pages.integration_list",
            "IntegrationList",
            "plug_connected",
            ("import", "mapping", "file", "excel", "csv", "upload"),
            menu="Integrations",
        ),
        PageEntry(
            "integration_card",
            "Integration Card",
            "ui.pages.integration_card",
            "IntegrationCard",
            "plug_connected",
            listed=False,
        ),
        PageEntry(
            "integration_records",
            "Integration Records",
            "ui.pages.integration_records",
            "IntegrationRecords",
            "table_simple",
            ("staging", "import results", "import errors", "failed records"),
        ),
        PageEntry(
            "import_runs",
            "Import Runs",
            "ui.pages.import_runs",
            "ImportRuns",
            "arrow_import",
            ("imports", "import history", "imported files", "undo an import"),
        ),
        PageEntry(
            "import_run_card",
            "Import Run",
            "ui.pages.import_run_card",
            "ImportRunCard",
            "arrow_import",
            listed=False,
        ),
        PageEntry(
            "job_queue_entries",
            "Job Queue Entries",
            "ui.pages.job_queue_entries",
            "JobQueueEntries",
            "tasks_app",
            ("jqe", "background jobs", "scheduled jobs", "batch"),
            menu="Job queue",
        ),
        PageEntry(
            "job_queue_entry_card",
            "Job Queue Entry",
            "ui.pages.job_queue_entry_card",
            "JobQueueEntryCard",
            "tasks_app",
            listed=False,
        ),
        PageEntry(
            "job_queue_log_entries",
            "Job Queue Log Entries",
            "ui.pages.job_queue_log_entries",
            "JobQueueLogEntries",
            "history",
            ("job history", "job errors", "runs"),
        ),
        PageEntry(
            "post_process_entries",
            "Post-Process Entries",
            "ui.pages.post_process_entries",
            "PostProcessEntries",
            "list_bar",
            ("post-processing", "release after import", "failed post-processing"),
        ),
        PageEntry(
            "job_queue_categories",
            "Job Queue Categories",
            "ui.pages.job_queue_categories",
            "JobQueueCategories",
            "tag",
            ("job gates", "capacity", "pause jobs", "queue categories"),
        ),
        PageEntry(
            "job_queue_schedule",
            "Job Queue Schedule",
            "ui.pages.job_queue_schedule",
            "JobQueueSchedule",
            "calendar_ltr",
            ("calendar", "time line", "planned runs", "durations", "job history"),
        ),
        PageEntry(
            "scheduled_tasks",
            "Scheduled Tasks",
            "ui.pages.scheduled_tasks",
            "ScheduledTasks",
            "calendar_clock",
            ("task scheduler", "planned runs", "background tasks"),
        ),
        PageEntry(
            "reports",
            "Reports",
            "ui.pages.reports",
            "Reports",
            "document_table",
            ("print", "customer list", "sales statistics", "schedule a report"),
        ),
        PageEntry(
            "report_inbox",
            "Report Inbox",
            "ui.pages.report_inbox",
            "ReportInbox",
            "receipt",
            ("documents", "printouts", "pdf", "finished reports"),
        ),
        PageEntry(
            "my_notifications",
            "My Notifications",
            "ui.pages.my_notifications",
            "MyNotifications",
            "alert",
            ("banners", "toast", "e-mail", "don't show again", "alerts", "bell"),
        ),
        PageEntry(
            "email_setup",
            "E-Mail Setup",
            "ui.pages.email_setup",
            "EmailSetup",
            "mail",
            ("smtp", "mail server", "outbox", "sender"),
        ),
        PageEntry(
            DATA_SEARCH,
            "Data Search",
            "ui.pages.data_search",
            "DataSearch",
            "document_search",
            ("find", "global search", "search company data", "look up"),
        ),
        PageEntry(
            "task_monitor",
            "Task Monitor",
            "ui.pages.task_monitor",
            "TaskMonitor",
            "timer",
            ("my sessions", "child sessions", "background tasks", "background sessions"),
        ),
        PageEntry(
            "session_events",
            "Session Events",
            "ui.pages.session_events",
            "SessionEvents",
            "history",
            ("session log", "logon", "logoff", "log on", "sign in", "background sessions"),
        ),
        PageEntry(
            "users",
            "Users",
            "ui.pages.users",
            "Users",
            "person",
            ("permissions", "rights", "people", "accounts", "security"),
        ),
        PageEntry("user_card", "User Card", "ui.pages.user_card", "UserCard", "person", listed=False),
        PageEntry(
            "permission_sets",
            "Permission Sets",
            "ui.pages.permission_sets",
            "PermissionSets",
            "lock_closed",
            ("permissions", "rights", "roles", "security", "super"),
        ),
        PageEntry(
            "permission_set_card",
            "Permission Set",
            "ui.pages.permission_set_card",
            "PermissionSetCard",
            "lock_closed",
            listed=False,
        ),
        PageEntry(
            "extension_management",
            "Extension Management",
            "ui.pages.extension_management",
            "ExtensionManagement",
            "apps_list",
            ("extensions", "plug-ins", "add-ons", "apps"),
        ),
        PageEntry(
            "retention_policies",
            "Retention Policies",
            "ui.pages.retention_policies",
            "RetentionPolicies",
            "archive",
            ("clean up", "delete old data", "keep days", "data retention", "log size"),
        ),
        PageEntry(
            "cue_setup",
            "Set Up Cues",
            "ui.pages.cue_setup",
            "CueSetup",
            "flag",
            ("thresholds", "cue colours", "colors", "indicators", "personalize"),
        ),
        PageEntry(
            "settings",
            "My Settings",
            "ui.pages.settings",
            "SettingsPage",
            "settings",
            ("theme", "dark mode", "font size", "options", "preferences", "developer"),
        ),
    )
}


def all_pages() -> dict[str, PageEntry]:
    """Backdesk's own pages, and behind them those of extensions, by name."""
    return PAGES | further_pages(PAGES)


def make_page(entry: PageEntry, context: PageContext, arguments: Mapping[str, object]) -> Page:
    """A new page, with what extensions have for it.

    Raises:
        TypeError: the page takes no such argument.
    """
    page = entry.make(context, arguments)
    extend(page, entry.name)
    return page
