"""Undoing an import that others came after, that was stopped on the way, or whose records carry no moment."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.errors import TaskCancelledError
from desktop.imports.afterwards import undo
from desktop.sessions.session import CancelToken
from models.database import connected
from models.errors import BackdeskError
from models.integration_record import RunState
from models.lookups import Country

HEADER = "No.,Name,City\n"


def names(query: Any) -> dict[str, str]:
    return dict(query("SELECT no, name FROM customer ORDER BY no"))


def test_a_later_import_is_not_undone_with_an_earlier_one(
    importer: Any, write: Any, session: Any, query: Any
) -> None:
    first = importer(write(HEADER + "C1,One,Kiel\nC2,Other,Kiel\n")).run_id
    second = importer(write(HEADER + "C1,Two,Kiel\n")).run_id
    report = undo.undo(session(), first)
    assert (report.reversed, report.kept) == (1, 1)
    assert names(query) == {"C1": "Two"}
    assert undo.undo(session(), second).reversed == 1
    assert names(query) == {"C1": "One"}


def test_records_that_carry_no_moment_are_known_by_what_they_hold(
    importer: Any, write: Any, integration: Any, session: Any, query: Any
) -> None:
    code = integration(("Code", "code"), ("Name", "name"), target_table="country", match_field="code")
    run_id = importer.read(write("Code,Name\nX1,First\nX2,Second\nDE,Deutschland\n"), code)
    importer.process(run_id)
    with connected():
        Country.update(name="Mine").where(Country.code == "X2").execute()
    report = undo.undo(session(), run_id)
    assert (report.reversed, report.kept) == (2, 1)
    assert dict(query("SELECT code, name FROM country WHERE code IN ('X1', 'X2', 'DE')")) == {
        "X2": "Mine",
        "DE": "Germany",
    }


def test_cancelling_keeps_what_is_reversed_and_the_rest_can_be_undone_later(
    importer: Any, write: Any, session: Any, query: Any, add_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "FIRST_STEP", 3)
    monkeypatch.setattr(undo, "LARGEST_STEP", 3)
    run_id = importer.read(write(HEADER + "".join(f"C{no},N,Ulm\n" for no in range(10, 20))))
    importer.process(run_id)
    token = CancelToken()
    with pytest.raises(TaskCancelledError):
        undo.undo(session(token=token, on_progress=lambda *_: token.cancel()), run_id)
    counts = add_up(run_id)
    assert 0 < counts.reversed < 10
    assert counts.state == RunState.COMPLETED
    assert len(names(query)) == counts.created
    assert undo.undo(session(), run_id).reversed == 10
    assert names(query) == {}
    assert add_up(run_id).state == RunState.UNDONE


def test_an_undo_that_another_one_has_taken_over_does_not_say_that_it_has_ended(
    importer: Any, write: Any, session: Any, query: Any
) -> None:
    run_id = importer.read(write(HEADER + "C1,A,Ulm\n"))
    importer.process(run_id)

    def take_over(_done: int, _total: int, _text: str) -> None:
        assert names(query) == {}
        query("UPDATE import_run SET token = token + 1")

    with pytest.raises(BackdeskError) as refused:
        undo.undo(session(on_progress=take_over), run_id)
    assert refused.value.code == "TakenOver"
    assert query("SELECT state FROM import_run") == [(RunState.UNDOING,)]
    assert undo.undo(session(), run_id).reversed == 1
    assert query("SELECT state FROM import_run") == [(RunState.UNDONE,)]
