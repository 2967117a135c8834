"""An extension whose window side is wrong: off as a whole, told once, and named in Extension Management."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.codeunits import registry
from desktop.errors import UnknownCodeunitError
from ui.framework.context import PageContext
from ui.main_window import MainWindow
from ui.navigation import all_pages, make_page

NOT_WORKING = [
    (
        '"customer_card": __name__',
        '"customer_crad": __name__',
        "It extends the page “customer_crad”, which is not",
    ),
    (":Extended", ":Extendet", "“tides:Extendet” names nothing. Define Extendet in tides"),
    (":Extended", ":Own", "“tides:Own” is no PageExtension"),
    ('__name__ + ":Extended"', '"no_such:Extended"', "It needs the Python module “no_such”"),
    ('__name__ + ":CUES"', '__name__ + ":PAGES"', "“tides:PAGES” is no tuple of Cue"),
    ('"lower_page", frozenset()', '"no_page", frozenset()', "The cue “Tides cue” opens the page “no_page”"),
    ('"lower_cue", figure', '"no_codeunit", figure', "There is no codeunit “no_codeunit”"),
    ('__name__ + ":PAGES"', '__name__ + ":CUES"', "“tides:CUES” is no tuple of PageEntry"),
    ('PageEntry("lower_page"', 'PageEntry("home"', "There is a page “home” already"),
]


@pytest.mark.parametrize(("old", "new", "reason"), NOT_WORKING)
def test_it_is_off_as_a_whole_and_told_once(
    extend: Callable[..., ModuleType], open_page: Any, window: Any, old: str, new: str, reason: str
) -> None:
    extend("Tides", (old, new))
    assert registry.find("tides")
    pages = [open_page("home"), open_page("customer_card", key="C00010"), open_page("customer_list")]
    told = [shown for page in pages for shown in page.banners.shown()]
    assert len(told) == 1
    assert told[0][0] == "warn"
    assert told[0][1].startswith("The extension “Tides” is switched off.")
    assert reason in told[0][1]
    with pytest.raises(UnknownCodeunitError):
        registry.find("tides")
    assert "tides_page" not in all_pages()
    later = open_page("home")
    assert not any(cue.caption == "Tides cue" for group in later.cue_groups for cue in group.cues)
    assert later.banners.shown() == []
    management = open_page("extension_management")
    (row,) = management.list.table.rows.rows
    assert reason in row.loaded.error


def test_a_module_that_wants_to_end_the_program_only_ends_its_extension(
    extend: Callable[..., ModuleType], open_page: Any, backdesk_home: Path
) -> None:
    extend("Tides", ('__name__ + ":CUES"', '"_leaves:CUES"'))
    (backdesk_home / "extensions" / "_leaves.py").write_text("raise SystemExit(3)")
    ((_, words),) = open_page("home").banners.shown()
    assert "It failed when it was imported: SystemExit: 3." in words


def test_the_banner_leads_to_extension_management(
    extend: Callable[..., ModuleType], open_page: Any, window: Any, qtbot: QtBot
) -> None:
    extend("Tides", (":Extended", ":Own"))
    page = open_page("customer_card", key="C00010")
    button = page.banners._banners["switched off"].buttons["switched off"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.opened == [("extension_management", {})]


def test_several_are_told_in_one_banner(put_extension: Callable[[str, str], Path], open_page: Any) -> None:
    put_extension("first", "extension = 1")
    put_extension("second", "import no_such_module")
    ((_, words),) = open_page("home").banners.shown()
    assert words == "2 extensions are switched off. first, second"


def test_a_working_one_brings_its_cue_and_its_page(
    extend: Callable[..., ModuleType], open_page: Any, window: Any, qtbot: QtBot
) -> None:
    extend("Tides")
    home = open_page("home")
    assert home.tile("Tides cue").value == "7"
    qtbot.mouseClick(home.tile("Tides cue"), Qt.MouseButton.LeftButton)
    assert window.opened == [("tides_page", {})]
    page = make_page(all_pages()["tides_page"], home.context, {})
    qtbot.addWidget(page)
    page.open_page()
    assert page.windowTitle() == "Tides Page"
    page.close_page()


def test_tell_me_finds_its_page_and_the_window_opens_it(
    extend: Callable[..., ModuleType], context: PageContext, qtbot: QtBot
) -> None:
    extend("Tides")
    frame = MainWindow(context, "Harbour Supply Ltd.", "harbour.db", "Maria")
    qtbot.addWidget(frame)
    frame.show()
    (found,) = [line for line in frame._suggestions("tides") if line.title == "Tides Page"]
    found.choose()
    page = frame.current_page()
    assert page is not None
    assert page.NAME == "tides_page"
    frame.close_pages()


@pytest.mark.parametrize("module", ['"no_such_module"', "__name__"])
def test_a_page_of_an_extension_that_cannot_be_opened_leaves_one_where_one_was(
    extend: Callable[..., ModuleType], context: PageContext, qtbot: QtBot, settle: Any, module: str
) -> None:
    extend("Tides", ('"Title Page", __name__', f'"Title Page", {module}'), ("class Own(Page):", "class Own:"))
    frame = MainWindow(context, "Harbour Supply Ltd.", "harbour.db", "Maria")
    qtbot.addWidget(frame)
    frame.go_to("customer_list")
    page = frame.current_page()
    assert page is not None
    settle(page)
    frame.navigate("tides_page")
    assert frame.current_page() is page
    assert page.banners.shown()[0][1].startswith("The extension “Tides” has failed here.")
    frame.close_pages()


def test_without_extensions_the_page_says_how_to_get_some(open_page: Any, put_extension: Any) -> None:
    page = open_page("extension_management")
    assert page.list.nothing.accessibleName().startswith("There are no extensions yet.")
    assert page.list.nothing.isVisible()
    assert not page.count_label.isVisible()


def test_extension_management_says_what_each_brings_and_why_one_is_off(
    extend: Callable[..., ModuleType],
    put_extension: Callable[[str, str], Path],
    open_page: Any,
    qtbot: QtBot,
    backdesk_home: Path,
) -> None:
    extend("Tides")
    put_extension("wrong", "import no_such_module")
    page = open_page("extension_management")
    cells = [[page.list.table.rows.index(row, column).data() for column in range(6)] for row in range(2)]
    assert cells == [
        [
            "Working",
            "Tides",
            "Harbour",
            "1.2",
            "Folder: tides.py",
            "Codeunits Tides task, Tides cue · on Customer Card, Customers · cues · pages",
        ],
        [
            "Switched off",
            "wrong",
            "",
            "",
            "Folder: wrong.py",
            "It needs the Python module “no_such_module”, which is not there. Install it beside Backdesk.",
        ],
    ]
    assert page.count_label.text() == "2 extensions, 1 switched off"
    assert page.list.table.rows.index(0, 4).data(Qt.ItemDataRole.ToolTipRole).endswith("extensions/tides.py")
    page.list.choose(0)
    assert "error" not in [action.key for action in page.actions_of_page()]
    page.list.choose(1)
    page.trigger("error")
    said = page.question
    assert said is not None
    assert said.windowTitle() == "“wrong” is switched off"
    words = [label.text() for label in said.findChildren(QLabel)]
    assert any(str(backdesk_home / "extensions" / "wrong.py") in text for text in words)
    said.choose("close")


@pytest.mark.parametrize(("shown", "notices"), [(True, 0), (False, 1)])
def test_the_folder_is_made_and_shown_or_else_named(
    open_page: Any,
    window: Any,
    backdesk_home: Path,
    put_extension: Any,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    shown: bool,
    notices: int,
) -> None:
    asked: list[str] = []

    def open_url(url: QUrl) -> bool:
        asked.append(url.toLocalFile())
        return shown

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    page = open_page("extension_management")
    qtbot.mouseClick(page.list.nothing.action_button, Qt.MouseButton.LeftButton)
    folder = backdesk_home / "extensions"
    assert folder.is_dir()
    assert asked == [str(folder)]
    assert [notice.text for notice in window.notices] == [f"The folder is {folder}."] * notices


def test_a_folder_that_cannot_be_made_says_so(
    open_page: Any, window: Any, backdesk_home: Path, put_extension: Any
) -> None:
    backdesk_home.mkdir(parents=True, exist_ok=True)
    (backdesk_home / "extensions").write_text("a file in its place")
    page = open_page("extension_management")
    page.trigger("folder")
    (notice,) = window.notices
    assert notice.severity == "err"
    assert notice.text == f"The folder {backdesk_home / 'extensions'} cannot be made: File exists."
