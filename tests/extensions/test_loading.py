"""Extensions are found in the person's folder; one that is wrong is switched off alone, and says why."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.codeunits import registry
from desktop.errors import ExtensionError, UnknownCodeunitError
from desktop.extensions.loader import LoadedExtension, forget_extensions, loaded_extensions, switch_off
from desktop.health import installation
from desktop.health.check import State

GOOD = """
from desktop.codeunits.registry import Codeunit
from desktop.extensions import Extension

def run(session):
    session.set_background_task_result({"said": "hello"})

extension = Extension(
    name="Greetings", publisher="Harbour", version="1.2", codeunits=(Codeunit(50200, "greet", "Greet", __name__),)
)
"""


@pytest.fixture
def folder(put_extension: Callable[[str, str], Path], backdesk_home: Path) -> Path:
    """The person's folder of extensions, empty, and nothing loaded from it."""
    made = backdesk_home / "extensions"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """A function that installs a module of this name and source as a distribution with the entry point."""

    def install(name: str, source: str) -> Path:
        site = tmp_path / "site"
        info = site / f"{name}-3.4.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 3.4\n")
        (info / "entry_points.txt").write_text(f"[backdesk.extensions]\n{name} = {name}:extension\n")
        (site / f"{name}.py").write_text(source)
        monkeypatch.syspath_prepend(site)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return site

    return install


def _only() -> LoadedExtension:
    (found,) = loaded_extensions()
    return found


def test_a_module_in_the_folder_brings_its_codeunit(folder: Path) -> None:
    (folder / "greetings.py").write_text(GOOD)
    assert registry.find("greet").caption == "Greet"
    assert registry.find(50200).name == "greet"
    found = _only()
    assert (found.name, found.working, found.source) == ("Greetings", True, str(folder / "greetings.py"))


def test_a_package_in_the_folder_is_an_extension_too(folder: Path) -> None:
    (folder / "greetings_package").mkdir()
    (folder / "greetings_package" / "__init__.py").write_text(GOOD)
    assert _only().working
    assert "greet" in [codeunit.name for codeunit in registry.all_codeunits()]


def test_what_is_no_extension_is_left_alone(folder: Path) -> None:
    (folder / "_draft.py").write_text("raise SystemExit")
    (folder / ".hidden.py").write_text("raise SystemExit")
    (folder / "notes.txt").write_text("nothing")
    (folder / "data").mkdir()
    assert loaded_extensions() == []


def test_without_a_folder_there_are_none(folder: Path) -> None:
    folder.rmdir()
    assert loaded_extensions() == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "import no_such_module",
            "It needs the Python module “no_such_module”, which is not there. Install it",
        ),
        ("raise SystemExit(3)", "It failed when it was imported: SystemExit: 3."),
        ("this is no Python", "It is not valid Python: invalid syntax in line 1 of wrong.py."),
        ("x = 1", "has no “extension”"),
        ("extension = 5", "“extension” is an int, not an Extension"),
        (GOOD.replace("50200", "49999"), "has the number 49999. Choose one from 50,000 to 99,999"),
        (GOOD.replace('"greet"', '"job_counts"'), "There is a codeunit “job_counts” already"),
        (GOOD.replace('name="Greetings"', 'name=" "'), "It has no name"),
        (GOOD.replace('name="Greetings"', "name=7"), "Its name is no text"),
        (
            GOOD.replace("__name__),)", "__name__))"),
            "“codeunits” is no sequence. Write codeunits=(Codeunit(…),)",
        ),
        (GOOD.replace("__name__),)", "__name__), 7)"), "7 is no codeunit"),
        (GOOD.replace('version="1.2"', 'page_extensions="x"'), "“page_extensions” is no dictionary"),
        (GOOD.replace('version="1.2"', 'page_extensions={"home": "x"}'), "“x” names nothing"),
        (GOOD.replace('version="1.2"', 'cues="somewhere"'), "“somewhere” names nothing"),
    ],
)
def test_a_wrong_one_is_switched_off_as_a_whole_and_says_why(folder: Path, source: str, reason: str) -> None:
    (folder / "wrong.py").write_text(source)
    (folder / "zz_right.py").write_text(GOOD.replace("Greetings", "Right").replace("greet", "right"))
    wrong, right = sorted(loaded_extensions(), key=lambda found: found.working)
    assert not wrong.working
    assert reason in wrong.error
    assert right.working, right.error
    assert registry.find("right").number == 50200
    with pytest.raises(UnknownCodeunitError):
        registry.find("greet")


def test_the_second_of_two_with_the_same_number_is_switched_off(folder: Path) -> None:
    (folder / "first.py").write_text(GOOD)
    (folder / "second.py").write_text(GOOD.replace("Greetings", "Other").replace('"greet"', '"other"'))
    errors = {found.name: found.error for found in loaded_extensions()}
    assert errors["Greetings"] == ""
    assert "“greet” has the number 50200 already" in errors["Other"]


def test_a_file_that_is_called_like_another_module_takes_nobodys_place(folder: Path) -> None:
    (folder / "json.py").write_text(GOOD)
    import json

    assert "Another module is called “json” already" in _only().error
    assert sys.modules["json"] is json


def test_one_that_is_switched_off_later_takes_its_codeunits_away(folder: Path) -> None:
    (folder / "greetings.py").write_text(GOOD)
    assert registry.find("greet")
    switch_off("Greetings", ExtensionError("It extends a page that is not there."))
    assert _only().error == "It extends a page that is not there."
    with pytest.raises(UnknownCodeunitError):
        registry.find("greet")


def test_what_cannot_be_imported_keeps_its_traceback(folder: Path) -> None:
    (folder / "wrong.py").write_text("import no_such_module")
    assert "wrong.py" in _only().call_stack


def test_a_name_that_python_cannot_import_says_so(folder: Path) -> None:
    (folder / "my-greetings.py").write_text(GOOD)
    assert "“my-greetings” cannot be the name of a Python module" in _only().error


def test_an_installed_package_is_found_by_its_entry_point(
    folder: Path, installed: Callable[[str, str], Path]
) -> None:
    installed("greetings_installed", GOOD)
    found = _only()
    assert (found.name, found.working, found.source) == ("Greetings", True, "greetings_installed 3.4")
    assert registry.find("greet").number == 50200


def test_one_that_is_found_in_both_ways_is_loaded_once(
    folder: Path, installed: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = installed("greetings_twice", GOOD)
    for inside in site.iterdir():
        inside.rename(folder / inside.name)
    monkeypatch.syspath_prepend(folder)
    assert _only().working


def test_another_of_the_same_name_is_switched_off(folder: Path) -> None:
    (folder / "first.py").write_text(GOOD)
    (folder / "second.py").write_text(GOOD.replace("50200", "50201").replace('"greet"', '"greet_too"'))
    first, second = loaded_extensions()
    assert first.working
    assert f"Another extension is called “Greetings” too: {folder / 'first.py'}" in second.error


def test_the_reason_is_logged_with_the_file(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "wrong.py").write_text("extension = 5")
    assert not _only().working
    assert (
        f"the extension wrong ({folder / 'wrong.py'}) is switched off: “extension” is an int" in caplog.text
    )


def test_the_doctor_names_each_and_what_to_mend(folder: Path) -> None:
    assert [check.text for check in installation.extensions()] == ["None"]
    (folder / "greetings.py").write_text(GOOD)
    (folder / "wrong.py").write_text("extension = 5")
    forget_extensions()
    good, wrong = installation.extensions()
    assert (good.state, good.text) == (State.OK, f"Greetings, from {folder / 'greetings.py'}")
    assert wrong.state == State.WARNING
    assert wrong.text.startswith("“wrong” is switched off. “extension” is an int")
    assert wrong.hint == f"Mend or remove {folder / 'wrong.py'}."
