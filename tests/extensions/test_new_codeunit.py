"""`backdesk new-codeunit`, and the example of a job: what they hold passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.errors import UsageError
from desktop.scaffold import codeunit

ROOT = Path(__file__).resolve().parents[2]


def own_tests(folder: Path) -> str:
    """Run the tests of an extension as its author does; what pytest says."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_the_command_makes_passes_its_own_test(
    tmp_path: Path, backdesk_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-codeunit", "tidy_names", str(tmp_path), "--number", "50321"]) == 0
    made = tmp_path / "backdesk-tidy-names"
    assert f"Made {made}" in capsys.readouterr().out
    assert (
        'Codeunit(50321, "tidy_names", "Tidy names"'
        in (made / "backdesk_tidy_names" / "__init__.py").read_text()
    )
    assert "4 passed" in own_tests(made)


@pytest.mark.parametrize(("example", "passed"), [("prices", "8 passed"), ("bins", "2 passed")])
def test_an_example_passes_its_own_tests(example: str, passed: str) -> None:
    assert passed in own_tests(ROOT / "docs" / "examples" / example)


@pytest.mark.parametrize("name", ["Tidy", "tidy-names", "2nd", "import", "", "../tidy", "a" * 41])
def test_a_name_that_python_could_not_import_is_refused(
    tmp_path: Path, backdesk_home: Path, name: str
) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a codeunit"):
        codeunit.make(name, tmp_path)
    assert list(tmp_path.iterdir()) == [] or list(tmp_path.iterdir()) == [backdesk_home]


def test_names_and_numbers_that_are_taken_are_refused(tmp_path: Path, backdesk_home: Path) -> None:
    folder = tmp_path / "mine"
    for name, number, said in (
        ("process_import", None, "There is a codeunit “process_import” already"),
        ("tidy", 60, "60 is no number"),
    ):
        with pytest.raises(UsageError, match=said):
            codeunit.make(name, folder, number)
    assert not folder.exists()


def test_what_is_there_already_is_not_written_over(tmp_path: Path, backdesk_home: Path) -> None:
    made, files = codeunit.make("tidy", tmp_path)
    files[0].write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        codeunit.make("tidy", tmp_path)
    assert files[0].read_text() == "mine"
    assert made.is_dir()
