"""What a fresh machine gets: exactly the locked packages, and a clear sentence where something is missing."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "packaging" / "requirements"


def locked(name: str) -> dict[str, str]:
    """Package → version and hashes of a lock file; for which systems is another matter: a tool may need it on all."""
    text = (LOCKS / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    found = [(line.partition("==")[0], re.sub(r" ; .*?(?= +--hash)", "", line)) for line in lines]
    return {name: line.partition("==")[2] for name, line in found}


def wanted(*groups: str) -> set[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    requirements = list(project["project"]["dependencies"])
    for group in groups:
        requirements += project["dependency-groups"][group]
    return {re.split(r"[<>=~! ;\[]", text, maxsplit=1)[0].lower() for text in requirements}


@pytest.mark.parametrize("name", ["dev.lock", "runtime.lock"])
def test_a_lock_says_what_and_not_where_from(name: str) -> None:
    text = (LOCKS / name).read_text(encoding="utf-8")
    assert not re.search(r"://|file:|--index|--find-links|^-", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in version for version in locked(name).values())


def test_the_locks_hold_every_dependency_once() -> None:
    development, runtime = locked("dev.lock"), locked("runtime.lock")
    assert wanted() <= runtime.keys()
    assert wanted("dev", "build") <= development.keys()
    assert runtime.items() <= development.items()


def test_a_wrong_verb_is_answered_with_the_right_ones() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "packaging" / "bootstrap.py", "fly"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "There is no verb 'fly'." in run.stderr
    assert "setup" in run.stderr
