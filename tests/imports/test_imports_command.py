"""`backdesk imports`: what a person without a window, or a script, does with what was imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.database import close_company, connected, database, open_company

CUSTOMERS = "No.,Name,Country\nC1,Miller,DE\nC2,Smith,XX\n"


def do(company: Path, sql: str) -> list[Any]:
    """What somebody else does in the company meanwhile."""
    open_company(company)
    try:
        with connected(), database.atomic():
            return list(database.execute_sql(sql).fetchall())
    finally:
        close_company()


def test_an_import_is_listed_mended_retried_and_undone(
    backdesk: Any, write: Any, closed_company: Path
) -> None:
    assert backdesk("imports", "list") == (0, "Nothing was imported.\n", "")
    backdesk("import", write(CUSTOMERS), "--integration", "CUSTOMERS")
    code, said, _ = backdesk("imports", "list")
    assert code == 0
    assert said.splitlines()[0].split() == ["No.", "Status", "Rows", "Errors", "Integration", "Read", "File"]
    assert said.splitlines()[1].split()[:5] == ["1", "Completed", "2", "1", "CUSTOMERS"]
    code, said, _ = backdesk("imports", "show", 1)
    assert code == 1
    assert said.splitlines()[0] == "customers.csv (CUSTOMERS): 1 record created, 1 error."
    do(closed_company, "INSERT INTO country (code, name) VALUES ('XX', 'Nowhere')")
    assert backdesk("imports", "retry", 1) == (0, "2 records created.\n", "")
    code, said, _ = backdesk("imports", "undo", 1, "--json")
    told = json.loads(said)
    assert (code, told["status"], told["created"], told["reversed"]) == (0, "Undone", 0, 2)
    assert do(closed_company, "SELECT COUNT(*) FROM customer") == [(0,)]


def test_undoing_names_what_it_leaves_and_why(backdesk: Any, write: Any, closed_company: Path) -> None:
    backdesk("import", write("No.,Name\nC1,A\nC2,B\nC3,C\n"), "--integration", "CUSTOMERS")
    do(closed_company, "UPDATE customer SET modified_at = '2099-01-01T00:00:00.000Z' WHERE no <> 'C3'")
    code, said, _ = backdesk("imports", "undo", 1)
    assert code == 1
    assert (
        said.splitlines()[-1]
        == "  It was edited after the import. Delete it on its card, if it is to go. C2, C1"
    )


def test_failed_rows_leave_as_a_file_are_mended_and_come_back(
    backdesk: Any, write: Any, tmp_path: Path, closed_company: Path
) -> None:
    backdesk("import", write(CUSTOMERS), "--integration", "CUSTOMERS")
    path = tmp_path / "errors.csv"
    assert backdesk("imports", "errors", 1, path) == (0, f"1 row is in {path}.\n", "")
    code, _, complained = backdesk("import", path)
    assert code == 2
    assert "Take them back with: backdesk imports take-back errors.csv" in complained
    path.write_text(path.read_text(encoding="utf-8-sig").replace("XX", "FR", 1), encoding="utf-8")
    assert backdesk("imports", "take-back", path) == (
        0,
        "customers.csv: 1 row corrected.\n2 records created.\n",
        "",
    )
    assert do(closed_company, "SELECT no, country_code FROM customer ORDER BY no") == [
        ("C1", "DE"),
        ("C2", "FR"),
    ]
    assert do(closed_company, "SELECT COUNT(*) FROM import_run") == [(1,)]
    code, said, _ = backdesk("imports", "reconcile", 1, "--json")
    assert (code, json.loads(said)["equation"]) == (0, "2 rows = 2 created")


def test_what_cannot_be_done_is_a_sentence_and_2(backdesk: Any, write: Any) -> None:
    assert backdesk("imports", "show", 7) == (
        2,
        "",
        "backdesk: There is no import 7. It may have been deleted; read the file again.\n",
    )
    backdesk("import", write("No.,Name\nC1,Miller\n"), "--integration", "CUSTOMERS")
    code, said, complained = backdesk("imports", "process", 1)
    assert (code, said) == (2, "")
    assert "No record of “customers.csv” is ready to be processed." in complained
    code, _, complained = backdesk("imports", "post-process", 1)
    assert code == 2
    assert "is ready to be post-processed" in complained


def test_an_integration_goes_into_a_file_and_comes_out_of_it(
    backdesk: Any, tmp_path: Path, closed_company: Path
) -> None:
    path = tmp_path / "customers.json"
    assert backdesk("imports", "export-definition", "customers", path) == (
        0,
        f"The integration CUSTOMERS is in {path}.\n",
        "",
    )
    assert backdesk("imports", "import-definition", path, "--code", "theirs")[:2] == (
        0,
        "The integration THEIRS is there.\n",
    )
    fields = "SELECT COUNT(*) FROM integration_field WHERE integration_code = "
    assert do(closed_company, f"{fields}'THEIRS'") == do(closed_company, f"{fields}'CUSTOMERS'")
    code, _, complained = backdesk("imports", "import-definition", tmp_path / "none.json")
    assert code == 2
    assert "none.json” cannot be used: No such file or directory." in complained


def test_a_file_that_may_hold_mended_rows_is_not_written_over(
    backdesk: Any, write: Any, tmp_path: Path
) -> None:
    backdesk("import", write(CUSTOMERS), "--integration", "CUSTOMERS")
    path = tmp_path / "mend.csv"
    assert backdesk("imports", "errors", 1, path)[0] == 0
    path.write_text(path.read_text(encoding="utf-8").replace("XX", "DE"), encoding="utf-8")
    mended = path.read_bytes()
    code, said, complained = backdesk("imports", "errors", 1, path)
    assert (code, said) == (2, "")
    assert "There is a “mend.csv” in" in complained
    assert path.read_bytes() == mended


def test_undoing_all_is_good_though_some_rows_were_never_taken(backdesk: Any, write: Any) -> None:
    backdesk("import", write(CUSTOMERS), "--integration", "CUSTOMERS")
    assert backdesk("imports", "undo", 1) == (0, "1 reversed.\n", "")


def test_a_job_that_nobody_runs_says_what_runs_it(backdesk: Any, write: Any) -> None:
    backdesk("import", write(CUSTOMERS), "--integration", "CUSTOMERS", "--background")
    code, _said, complained = backdesk("imports", "process", 1)
    assert code == 2
    assert "is being processed already" in complained
    assert "start “backdesk worker”" in complained


def test_a_dry_run_counts_documents_too(backdesk: Any, write: Any) -> None:
    backdesk("import", write("No.,Name\nC1,Miller\n"), "--integration", "CUSTOMERS")
    backdesk("import", write("No.,Description\nI1,Bolt\n", "items.csv"), "--integration", "ITEMS")
    orders = "Order No.,Customer No.,Order Date,Item No.,Quantity\n" + "O1,C1,2026-01-01,I1,1\n" * 3
    path = write(orders, "orders.csv")
    _code, said, _ = backdesk("import", path, "--integration", "SALES-ORDERS", "--dry-run")
    assert said.splitlines()[:2] == [
        "orders.csv: 3 would be created. Nothing was imported.",
        "  Documents: 1 would be created.",
    ]


def test_nobody_does_or_reads_more_of_imports_than_their_rights_allow(
    backdesk: Any, write: Any, tmp_path: Path, closed_company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backdesk("import", write(CUSTOMERS), "--integration", "CUSTOMERS")
    errors, definition = tmp_path / "errors.csv", tmp_path / "customers.json"
    backdesk("imports", "errors", 1, errors)
    backdesk("imports", "export-definition", "CUSTOMERS", definition)
    do(
        closed_company,
        "INSERT INTO permission_set (code, description) VALUES ('CUSTOMERS ONLY', 'Customers only')",
    )
    do(
        closed_company,
        "INSERT INTO permission (set_code, object_type, object_name, may_read)"
        " VALUES ('CUSTOMERS ONLY', 'Table', 'customer', 1)",
    )
    for user, rights in (("ANNA", "SUPER"), ("GUEST", "READER"), ("LEA", "CUSTOMERS ONLY")):
        do(closed_company, f"INSERT OR IGNORE INTO users (user_id) VALUES ('{user}')")
        do(
            closed_company,
            f"INSERT INTO user_permission_set (user_id, set_code) VALUES ('{user}', '{rights}')",
        )
    before = do(closed_company, "SELECT * FROM import_run")
    reading = (("list",), ("show", 1), ("reconcile", 1), ("errors", 1, tmp_path / "new.csv"))
    changing = (
        *[(verb, 1) for verb in ("process", "retry", "post-process", "retry-post", "undo")],
        ("take-back", errors),
        ("import-definition", definition, "--code", "THEIRS"),
    )
    for user, refused in (
        ("LEA", (*reading, ("export-definition", "CUSTOMERS"), *changing)),
        ("GUEST", changing),
    ):
        monkeypatch.setenv("BACKDESK_USER", user)
        for words in refused:
            code, said, complained = backdesk("imports", *words)
            assert (code, said) == (2, ""), words
            assert f"User {user} does not have the following permissions on" in complained, words
    monkeypatch.setenv("BACKDESK_USER", "GUEST")
    assert [backdesk("imports", *words)[0] for words in reading] == [0, 1, 0, 0]
    assert do(closed_company, "SELECT * FROM import_run") == before
    assert do(closed_company, "SELECT COUNT(*) FROM job_queue_entry") == [(1,)]


def test_what_could_not_be_post_processed_is_told_with_its_reason_and_goes_with_an_undo(
    backdesk: Any, write: Any, closed_company: Path
) -> None:
    do(
        closed_company,
        "UPDATE integration SET post_processing_codeunit = 'release_sales_orders',"
        " post_processing_trigger = 'After Processing' WHERE code = 'SALES-ORDERS'",
    )
    do(closed_company, "INSERT INTO customer (no, name) VALUES ('C1', 'Miller')")
    do(closed_company, "INSERT INTO item (no, description) VALUES ('I1', 'Bolt')")
    do(
        closed_company,
        "CREATE TRIGGER emptied AFTER UPDATE OF target_key ON integration_record_status BEGIN"
        " DELETE FROM sales_line WHERE order_no = NEW.target_key AND order_no <> 'O1'; END",
    )
    orders = "".join(f"O{number},C1,2026-01-01,I1,1\n" for number in (1, 2))
    path = write("Order No.,Customer No.,Order Date,Item No.,Quantity\n" + orders, "orders.csv")
    backdesk("import", path, "--integration", "SALES-ORDERS")
    code, said, _ = backdesk("imports", "show", 1)
    assert code == 1
    assert said.splitlines()[2:] == [
        "Post-processing: 1 post-processed, 1 error.",
        "  1 × There is nothing to release for sales order O2: it has no line with a quantity."
        " Add a line on its card, then choose Retry. O2",
    ]
    assert backdesk("imports", "undo", 1) == (0, "2 reversed.\n", "")
    code, said, _ = backdesk("imports", "show", 1)
    assert (code, said.splitlines()[2:]) == (0, ["Post-processing: 2 undone."])


def test_what_was_told_when_a_file_was_read_is_shown_later(
    backdesk: Any, write: Any, closed_company: Path
) -> None:
    """As for a watched folder, where nobody was told."""
    path = write("No.,Name,Phone No.\n---,---,---\nC1,Miller,4.9E+11\n")
    _, _, told = backdesk("import", path, "--integration", "CUSTOMERS")
    code, said, _ = backdesk("imports", "show", 1)
    notes = [line for line in said.splitlines() if line.startswith("Note: ")]
    assert (code, notes) == (0, told.splitlines())
    assert notes[0].startswith("Note: “Phone No.” has numbers like 4.9E+11")
    assert notes[1:] == ["Note: 1 border line is left out: line 2."]
