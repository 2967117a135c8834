"""One deed heals all rows of a cause, and the failed rows leave as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.imports.mending.error_file import is_error_file
from models.database import connected, database
from tests.ui.imports.conftest import Told, rows
from tests.ui.imports.shown_records import Shown, counts, work_the_queue
from tests.ui.windows_shown import WindowsShown
from ui.foreground import ForegroundRunner
from ui.framework.context import PageContext
from ui.import_results.heal_dialog import CorrectDialog, CreateDialog, MapDialog
from ui.import_results.work import Causes
from ui.pages.integration_records import IntegrationRecords
from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel


def test_causes_are_listed_by_their_number(shown: Shown, staged: Callable[..., int]) -> None:
    page = shown.open(run_id=staged(wrong=("YY", "XX", "XX"), processed=True))
    groups = page.side.causes.groups
    assert [(group.group.value, group.where.text()) for group in groups] == [
        ("XX", "Country/Region Code · 2 records"),
        ("YY", "Country/Region Code · 1 record"),
    ]
    assert page.side.tabs.tabText(1) == "Errors by cause 2"


def test_causes_come_into_the_page_and_never_as_windows_beside_it(
    shown: Shown, staged: Callable[..., int], qapp: QApplication
) -> None:
    run_id = staged(wrong=("YY", "XX", "XX"), processed=True)
    windows = WindowsShown()
    qapp.installEventFilter(windows)
    page = shown.open(run_id=run_id)
    qapp.removeEventFilter(windows)
    assert len(page.side.causes.groups) == 2
    assert windows.shown == [page]


def test_before_the_rows_are_read_the_page_claims_nothing(
    shown: Shown, staged: Callable[..., int], context: PageContext, qtbot: QtBot
) -> None:
    page = IntegrationRecords(context, run_id=staged(processed=True))
    qtbot.addWidget(page)
    page.show()
    said = {label.text() for label in page.findChildren(QLabel) if label.isVisible()}
    assert "No row of this import has an error." not in said
    icons = [icon for icon in page.findChildren(IconLabel) if icon.isVisible()]
    assert icons == []


def test_the_keyboard_stays_among_the_causes_where_it_was_when_one_of_them_is_dealt_with(
    shown: Shown, staged: Callable[..., int]
) -> None:
    page = shown.open(run_id=staged(wrong=("YY", "XX", "XX", "ZZ", "ZZ", "ZZ"), processed=True))
    page.side.show_causes_tab()
    causes = page.side.causes
    causes.groups[1].heal_buttons["Map"].setFocus()
    before = causes.causes
    assert before is not None
    causes.show_causes(before._replace(groups=[before.groups[0], before.groups[2]]))
    assert [group.group.value for group in causes.groups] == ["ZZ", "YY"]
    assert page.window().focusWidget() is next(iter(causes.groups[1].heal_buttons.values()))
    causes.show_causes(before._replace(groups=[]))
    assert page.window().focusWidget() is page.side.tabs, "not the first button of the window"


def test_of_many_causes_those_on_the_screen_come_first_and_none_is_made_anew_that_stays(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    """Fifty of them, each with its buttons, hold the window up for longer than a person's key may wait."""
    page = shown.open(run_id=staged(wrong=tuple(f"Q{number:02d}" for number in range(30)), processed=True))
    pane = page.side.causes
    everything = pane.causes
    assert everything is not None
    pane.show_causes(Causes(0, "", [], 0))
    pane.show_causes(everything)
    values = [group.value for group in everything.groups]
    assert [made.group.value for made in pane.groups] == values[: len(pane.groups)]
    assert len(pane.groups) < 15
    qtbot.waitUntil(lambda: len(pane.groups) == 30)
    before = {made.group.value: made for made in pane.groups}
    healed = [everything.groups[29], *everything.groups[5:20]]
    pane.show_causes(everything._replace(groups=healed))
    assert [made.group.value for made in pane.groups] == [group.value for group in healed]
    assert all(before[made.group.value] is made for made in pane.groups)
    page.side.show_causes_tab()

    def stand_below_each_other() -> bool:
        tops = [made.mapTo(pane, QPoint()).y() for made in pane.groups]
        return tops == sorted(set(tops))

    qtbot.waitUntil(stand_below_each_other)


def test_more_causes_than_can_be_listed_are_counted(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    codes = tuple(f"Q{number}" for number in range(60))
    page = shown.open(run_id=staged(wrong=codes, processed=True))
    qtbot.waitUntil(lambda: len(page.side.causes.groups) == 50)
    assert page.side.tabs.tabText(1) == "Errors by cause 60"
    causes = page.side.causes.causes
    assert page.side.causes.more.text() == "10 more causes follow when these are dealt with."
    assert causes is not None
    page.side.causes.show_causes(causes._replace(total=51))
    assert page.side.causes.more.text() == "1 more cause follows when these are dealt with."


def test_causes_that_read_alike_say_which_value_they_are_about(
    shown: Shown, staged: Callable[..., int]
) -> None:
    causes = shown.open(run_id=staged(wrong=("ZZ", "YY"), processed=True)).side.causes
    assert [group.where.text() for group in causes.groups] == ["Country/Region Code · 1 record"] * 2, (
        "the message names the value"
    )
    before = causes.causes
    assert before is not None
    said = {"message": "Name has 120 characters; at most 100 fit.", "caption": "Name"}
    alike = [
        msgspec.structs.replace(group, **said, value=letter * 120)
        for group, letter in zip(before.groups, "ab", strict=True)
    ]
    causes.show_causes(before._replace(groups=alike))
    first, second = (group.where.text() for group in causes.groups)
    assert first.startswith("Name · “aaaa")
    assert first.endswith("…” · 1 record")
    assert second.startswith("Name · “bbbb")


def test_the_list_can_show_the_rows_of_one_cause(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    page = shown.open(run_id=staged(good=1, wrong=("YY", "XX", "XX"), processed=True))
    qtbot.mouseClick(page.side.causes.groups[1].show_button, Qt.MouseButton.LeftButton)
    shown.settle()
    assert page.tabs.view == "errors"
    assert shown.column("cell 3") == ["YY"]
    qtbot.mouseClick(page.side.causes.groups[1].show_button, Qt.MouseButton.LeftButton)
    shown.settle()
    assert len(shown.column("line")) == 3


def deed(page: IntegrationRecords, place: int, action: str) -> Button:
    """The button of a cause."""
    return page.side.causes.groups[place].heal_buttons[action]


def test_saying_what_a_value_means_heals_all_its_rows_and_the_next_file(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Map"), Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(MapDialog)
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    assert "is empty" in dialog.editor.row.error
    assert isinstance(dialog.editor.widget, QLineEdit)
    dialog.editor.widget.setText("ZZ")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialog.problem.text()))
    assert dialog.problem.text() == "There is no Country/Region “ZZ”. Choose another value."
    assert rows("SELECT COUNT(*) FROM integration_value_map WHERE external_value = 'XX'") == [(0,)], (
        "nothing yet"
    )
    dialog.editor.widget.setText("NO")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 5, "errors": 1, "excluded": 0, "ready": 0}
    assert rows(
        "SELECT external_value, internal_value FROM integration_value_map WHERE integration_code = 'CUSTOMERS'"
    ) == [("XX", "NO")]
    assert [group.group.value for group in page.side.causes.groups] == ["YY"]


def test_creating_what_is_missing_heals_all_its_rows(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Create"), Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(CreateDialog)
    shown.settle()
    fields = {editor.rule.name: editor.widget for editor in dialog.editors}
    code, name = fields["code"], fields["name"]
    assert isinstance(code, QLineEdit)
    assert isinstance(name, QLineEdit)
    assert code.text() == "XX"
    assert code.selectedText() == "XX", "typing another code takes its place"
    name.setText("Xanadu")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert rows("SELECT code, name FROM country WHERE code = 'XX'") == [("XX", "Xanadu")]
    assert counts(run_id) == {"created": 5, "errors": 1, "excluded": 0, "ready": 0}


def test_one_text_corrects_all_cells_of_a_cause_and_leaves_the_next_files_alone(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Correct"), Qt.MouseButton.LeftButton)
    (dialog,) = page.window().findChildren(CorrectDialog)
    assert dialog.windowTitle() == "What should Country/Region Code say instead of “XX”?"
    assert isinstance(dialog.editor.widget, QLineEdit)
    dialog.editor.widget.setText("SE")
    qtbot.mouseClick(dialog.heal_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 5, "errors": 1, "excluded": 0, "ready": 0}
    assert rows("SELECT DISTINCT country_code FROM customer WHERE no LIKE 'X%'") == [("SE",)]
    assert rows("SELECT COUNT(*) FROM integration_value_map WHERE integration_code = 'CUSTOMERS'") == [(0,)]


def test_all_rows_of_a_cause_can_be_left_out_and_taken_in_again(
    shown: Shown, staged: Callable[..., int], told: Told, qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    qtbot.mouseClick(deed(page, 0, "Exclude"), Qt.MouseButton.LeftButton)
    shown.settle()
    assert counts(run_id) == {"created": 3, "errors": 1, "excluded": 2, "ready": 0}
    assert told.notices[-1].text == "2 rows excluded."
    assert told.notices[-1].on_action is not None
    told.notices[-1].on_action()
    shown.settle()
    assert counts(run_id)["ready"] == 2


def test_retry_of_a_cause_leaves_the_others_alone(
    shown: Shown, staged: Callable[..., int], qtbot: QtBot
) -> None:
    run_id = staged(wrong=("XX", "YY"), processed=True)
    page = shown.open(run_id=run_id)
    with connected(), database.atomic():
        database.execute_sql("INSERT INTO country (code, name) VALUES ('YY', 'Yland')")
    group = next(group for group in page.side.causes.groups if group.group.value == "YY")
    qtbot.mouseClick(group.retry_button, Qt.MouseButton.LeftButton)
    shown.settle()
    work_the_queue()
    shown.tell()
    assert counts(run_id) == {"created": 4, "errors": 1, "excluded": 0, "ready": 0}


def test_retrying_errors_leaves_rows_that_nobody_has_asked_for(
    shown: Shown, staged: Callable[..., int], told: Told
) -> None:
    run_id = staged(processed=True)
    page = shown.open(run_id=run_id)
    shown.select(3)
    page.trigger("exclude")
    shown.settle()
    page._include_one(page.table.current_id())
    shown.settle()
    page.trigger("retry")
    shown.settle()
    assert told.notices[-1].text == "1 row is being processed."
    work_the_queue()
    assert counts(run_id) == {"created": 3, "errors": 1, "excluded": 0, "ready": 1}


# --- the failed rows as a file ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("errors.xlsx", ("XX", "YY"), "2 rows written to errors.xlsx. Mend them there"),
        ("errors.csv", ("XX",), "1 row written to errors.csv. Mend it there"),
    ],
)
def test_exactly_the_failed_rows_are_written_with_what_is_wrong(
    shown: Shown,
    staged: Callable[..., int],
    foreground: ForegroundRunner,
    told: Told,
    tmp_path: Path,
    qtbot: QtBot,
    name: str,
    wrong: tuple[str, ...],
    said: str,
) -> None:
    shown.context.foreground = foreground
    page = shown.open(run_id=staged(wrong=wrong, processed=True))
    page.trigger("export")
    assert page.error_files.dialog is not None
    page.error_files.dialog.fileSelected.emit(str(tmp_path / name))
    page.error_files.dialog.reject()
    qtbot.waitUntil(lambda: bool(told.notices))
    assert told.notices[-1].text.startswith(said)
    assert is_error_file(tmp_path / name)
    assert page.banners.keys == []


def test_a_folder_that_cannot_be_written_to_is_told(
    shown: Shown, staged: Callable[..., int], foreground: ForegroundRunner, tmp_path: Path, qtbot: QtBot
) -> None:
    shown.context.foreground = foreground
    page = shown.open(run_id=staged(processed=True))
    page.error_files.export(int(page.current_record()[1]), tmp_path / "gone" / "e.xlsx")
    qtbot.waitUntil(lambda: page.banners.keys == ["write"])
