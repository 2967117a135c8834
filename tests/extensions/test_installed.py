"""The example of docs/examples/wait, installed into a fresh environment beside Backdesk and used there.

Nothing is downloaded: the environment sees the packages of the one that runs the tests, and pip builds the example
with the build tools among them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.waiting import WAIT

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "wait"

# What a person does with it: opens the card of a customer, and looks at the Role Centre.
USE = """
import json, sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from desktop.clock import waiting_clock
from desktop.extensions.loader import loaded_extensions
from models.company import CompanyInformation
from models.customer import Customer
from models.database import connected, open_company
from ui.testing import TestClient

now = datetime(2026, 11, 21, 9, 45, tzinfo=UTC)
company = open_company(Path(sys.argv[1]), create=True)
with connected():
    CompanyInformation.create(name="Harbour Supply Ltd.", created_at=now)
    Customer.create(no="C1", name="Wagner GmbH", balance=Decimal("120.5"))
with TestClient(company, clock=waiting_clock(now)) as client:
    card = client.open_page("customer_card", key="C1")
    home = client.open_page("home")
    print(json.dumps({
        "sources": [found.source for found in loaded_extensions() if found.working],
        "duration": card.field("duration"),
        "notices": card.notices,
        "with balance": home.cue("Customers with a balance"),
        "banners": [*card.banners, *home.banners],
    }))
"""


def _run(folder: Path, *command: object, **environment: str) -> str:
    """Run it outside of the repository; what it says."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": "", **environment},
        capture_output=True,
        text=True,
        timeout=2 * WAIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything happens."""
    return tmp_path_factory.mktemp("fresh")


@pytest.fixture(scope="module")
def python(home: Path) -> Path:
    """The Python of a fresh environment with Backdesk, in which the example is installed."""
    _run(home, sys.executable, "-m", "venv", "--without-pip", home / "venv")
    made = home / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    site = Path(_run(home, made, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    known = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(ROOT)}
    (site / "beside.pth").write_text("\n".join(sorted(known)) + "\n")
    source = shutil.copytree(EXAMPLE, home / "wait")
    pip = [*_pip(), "--python", made, "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    _run(home, *pip, "--no-deps", "--no-build-isolation", source)
    shutil.rmtree(source)
    return made


def _pip() -> list[str]:
    """The words that start pip: this environment's, else that of the Python which made it."""
    for python in (sys.executable, str(Path(sys.base_prefix, "bin", "python3"))):
        start = [python, "-m", "pip"]
        if subprocess.run([*start, "--version"], capture_output=True, check=False).returncode == 0:
            return start
    raise AssertionError("there is no pip to install with")


@pytest.mark.long
def test_the_installed_example_works_on_card_and_role_centre(
    python: Path, home: Path, tmp_path: Path
) -> None:
    said = json.loads(_run(home, python, "-c", USE, tmp_path / "company.db"))
    assert said == {
        "sources": ["backdesk-wait 1.0.0"],
        "duration": "1 s",
        "notices": ["Start and finish times have been updated."],
        "with balance": "1",
        "banners": [],
    }


@pytest.mark.long
def test_its_own_tests_pass_there(python: Path, home: Path) -> None:
    tests = shutil.copytree(EXAMPLE / "tests", home / "tests")
    assert "passed" in _run(home, python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests)


def test_the_example_works_from_the_folder_too(backdesk_home: Path, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "backdesk_wait", backdesk_home / "extensions" / "backdesk_wait")
    said = json.loads(
        _run(tmp_path, sys.executable, "-c", USE, tmp_path / "company.db", PYTHONPATH=str(ROOT))
    )
    assert said["sources"] == [str(backdesk_home / "extensions" / "backdesk_wait")]
    assert (said["duration"], said["with balance"]) == ("1 s", "1")
