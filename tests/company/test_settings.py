"""The settings file: what a person has written into it by hand does not bring the program to a stand."""

from __future__ import annotations

import json

import pytest

from desktop import paths
from desktop import settings as settings_store
from desktop.settings import Settings


@pytest.mark.parametrize(
    ("name", "written", "holds"),
    [
        ("task_concurrency", 0, 1),
        ("task_min_interval_ms", 0, 100),
        ("task_max_timeout_ms", -1, 1),
        ("session_concurrency", -3, 1),
        ("worker_slots", 0, 1),
        ("task_queue_length", 0, 0),
        ("task_concurrency", 9, 9),
    ],
)
def test_figures_that_would_stop_everything_are_raised_to_the_least(
    name: str, written: int, holds: int
) -> None:
    settings_store.save(Settings())
    paths.settings_file().write_text(json.dumps({name: written}))
    assert getattr(settings_store.load(), name) == holds
