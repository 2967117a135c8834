"""Several processes write one file, which is put aside when it is full: no line is lost, cut or mixed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from desktop.telemetry.event_file import EventFile
from tests.telemetry.conftest import lines_of
from tests.waiting import WAIT

_WRITER = """
import sys
from pathlib import Path
from desktop.telemetry.event_file import EventFile
file = EventFile(Path(sys.argv[1]), max_bytes=10_000, older_files=200)
sys.stdin.readline()
for number in range(500):
    file.write({"writer": sys.argv[2], "number": number, "text": "\\n" + "x" * (number % 90)})
"""


def test_three_processes_lose_and_mix_no_line_while_the_file_is_put_aside_again_and_again(
    tmp_path: Path,
) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), name], stdin=subprocess.PIPE)
        for name in "ABC"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.close()
    assert [writer.wait(WAIT) for writer in writers] == [0, 0, 0]
    files = list(tmp_path.glob("events*.jsonl"))
    assert len(files) > 2
    seen = sorted((line["writer"], line["number"]) for file in files for line in lines_of(file))
    assert seen == [(name, number) for name in "ABC" for number in range(500)]


def test_only_so_many_older_files_are_kept(tmp_path: Path) -> None:
    file = EventFile(tmp_path, max_bytes=100, older_files=2)
    for number in range(30):
        file.write({"number": number, "text": "x" * 40})
    file.close()
    assert {path.name for path in tmp_path.glob("*.jsonl")} == {
        "events.jsonl",
        "events.1.jsonl",
        "events.2.jsonl",
    }
    newest = [
        line["number"]
        for name in ("events.2", "events.1", "events")
        for line in lines_of(tmp_path / f"{name}.jsonl")
    ]
    assert newest == list(range(newest[0], 30))


def test_a_file_that_a_person_has_taken_away_is_made_anew(tmp_path: Path) -> None:
    file = EventFile(tmp_path)
    file.write({"number": 1})
    (tmp_path / "events.jsonl").unlink()
    file.write({"number": 2})
    file.close()
    assert lines_of(tmp_path / "events.jsonl") == [{"number": 2}]
