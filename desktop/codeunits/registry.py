"""All codeunits by name and number. Their modules are imported when first run, so that a child starts fast.

Those of extensions are found when somebody asks for all, or for one that is not Backdesk's own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from desktop.errors import UnknownCodeunitError
from desktop.named_objects import NamedObjects
from desktop.sessions.session import Session

CodeunitFunction = Callable[[Session], None]


@dataclass(frozen=True, slots=True)
class Codeunit:
    """One entry of the registry.

    Args:
        number: Business Central style object number, unique.
        name: unique, snake_case; what parameters and job queue entries store.
        caption: what people read.
        module: where its `run(session)` stands; "module:name" for a function of another name.
        retries: how often an interrupted or failed run is tried again when the entry does not say.
        for_pages: it works something out for a page or for the program, and is of no use as a job.
        after_undo: it works something out from all records, so that it runs once more, without entries, after an
            import was undone that it had post-processed.
    """

    number: int
    name: str
    caption: str
    module: str
    retries: int = 0
    for_pages: bool = False
    after_undo: bool = False


_BUILT_IN = (
    Codeunit(
        50, "process_import", "Process integration records", "desktop.codeunits.process_import", retries=3
    ),
    Codeunit(
        51, "read_file", "Read a file into integration records", "desktop.codeunits.read_file", for_pages=True
    ),
    Codeunit(52, "preview_file", "Preview a file", "desktop.codeunits.preview_file", for_pages=True),
    Codeunit(
        53,
        "dry_run_import",
        "Try an import without keeping it",
        "desktop.codeunits.dry_run_import",
        for_pages=True,
    ),
    Codeunit(
        54, "watch_folder", "Take the files of a watched folder", "desktop.codeunits.watch_folder", retries=3
    ),
    Codeunit(
        55,
        "post_process_import",
        "Post-process an import",
        "desktop.codeunits.post_process_import",
        retries=3,
    ),
    Codeunit(56, "undo_import", "Undo an import", "desktop.codeunits.undo_import", retries=3),
    Codeunit(
        57,
        "reconcile_import",
        "Reconcile an import",
        "desktop.codeunits.reconcile_import",
        for_pages=True,
    ),
    Codeunit(
        62,
        "export_errors",
        "Write the failed rows of an import into a file",
        "desktop.codeunits.export_errors",
        for_pages=True,
    ),
    Codeunit(
        63,
        "take_back_errors",
        "Take a file of failed rows back",
        "desktop.codeunits.take_back_errors",
        for_pages=True,
    ),
    Codeunit(
        58,
        "look_at_file",
        "Look at a file for a new integration",
        "desktop.codeunits.look_at_file",
        for_pages=True,
    ),
    Codeunit(
        60,
        "recalculate_balances",
        "Recalculate customer balances",
        "desktop.codeunits.recalculate_balances",
        after_undo=True,
    ),
    Codeunit(61, "release_sales_orders", "Release sales orders", "desktop.codeunits.release_sales_orders"),
    Codeunit(
        70, "run_report", "Make the document of a report", "desktop.codeunits.run_report", for_pages=True
    ),
    Codeunit(71, "send_mail", "Send e-mail", "desktop.codeunits.send_mail"),
    Codeunit(72, "clean_up", "Clean up by the retention policies", "desktop.codeunits.clean_up", retries=2),
    Codeunit(
        100, "blocked_customers", "Blocked customers", "desktop.codeunits.blocked_customers", for_pages=True
    ),
    Codeunit(
        101, "open_sales_orders", "Open sales orders", "desktop.codeunits.open_sales_orders", for_pages=True
    ),
    Codeunit(
        102, "sales_this_month", "Sales this month", "desktop.codeunits.sales_this_month", for_pages=True
    ),
    Codeunit(
        103,
        "failed_integration_records",
        "Failed integration records",
        "desktop.codeunits.failed_integration_records",
        for_pages=True,
    ),
    Codeunit(
        104,
        "job_counts",
        "Tasks failed, in process and in queue",
        "desktop.codeunits.job_counts",
        for_pages=True,
    ),
    Codeunit(105, "sales_by_week", "Sales by week", "desktop.codeunits.sales_by_week", for_pages=True),
    Codeunit(
        106,
        "customer_statistics",
        "Customer statistics",
        "desktop.codeunits.customer_statistics",
        for_pages=True,
    ),
    Codeunit(
        107, "vendor_statistics", "Vendor statistics", "desktop.codeunits.vendor_statistics", for_pages=True
    ),
    Codeunit(108, "item_statistics", "Item statistics", "desktop.codeunits.item_statistics", for_pages=True),
    Codeunit(
        109, "home_headline", "Headline of the Role Centre", "desktop.codeunits.home_headline", for_pages=True
    ),
    Codeunit(
        110,
        "customer_open_orders",
        "Open orders of customers",
        "desktop.codeunits.customer_open_orders",
        for_pages=True,
    ),
    Codeunit(
        111,
        "item_availability",
        "Availability of items",
        "desktop.codeunits.item_availability",
        for_pages=True,
    ),
    Codeunit(112, "search_table", "Search company data", "desktop.codeunits.search_table", for_pages=True),
    Codeunit(
        113, "job_queue_health", "Job queue health", "desktop.codeunits.job_queue_health", for_pages=True
    ),
)

_codeunits = NamedObjects("codeunit", _BUILT_IN)
register, unregister, registered = _codeunits.register, _codeunits.unregister, _codeunits.registered
all_codeunits, find = _codeunits.all, _codeunits.find


def function_of(name: str) -> CodeunitFunction:
    """The function to run.

    Raises:
        UnknownCodeunitError: when there is none, or what its extension names cannot be loaded.
    """
    module, _, attribute = find(name).module.partition(":")
    try:
        function: CodeunitFunction = getattr(importlib.import_module(module), attribute or "run")
    except (ImportError, AttributeError) as error:
        raise UnknownCodeunitError(
            f"The codeunit “{name}” cannot be loaded: {error}.",
            "Repair the extension that brings it, or install what it needs.",
            "CannotLoad",
        ) from error
    return function
