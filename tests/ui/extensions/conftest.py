"""Extensions for tests of pages: one module that does many things, and records what it was told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

# `told` gets what each trigger is told; `faults` names the triggers that fail.
SOURCE = """
from decimal import Decimal

from desktop.extensions import Codeunit, Extension
from desktop.tasks.task import ErrorLevel
from models.rules import Kind
from ui.framework.cue_group import Cue, Figure
from ui.framework.command_bar import Action
from ui.framework.page import Page
from ui.framework.page_extension import ExtensionField, PageExtension
from ui.page_entry import PageEntry

told = []
faults = set()
level = ErrorLevel.WARNING
handled = False

def run(session):
    if session.parameters.get("fail"):
        raise RuntimeError("the flux is too low")
    session.set_background_task_result({"by": "Title", "of": session.parameters["of"]})

def tell(what, *more):
    told.append((what, *more))
    if what in faults:
        raise ValueError("a fault in " + what)

class Extended(PageExtension):
    FIELDS = (
        ExtensionField("lower_of", "Result", tab="General"),
        ExtensionField("lower_limit", "Limit", Kind.DECIMAL, tab="General", after="name", editable=True),
    )
    ACTIONS = ()

    def __init__(self, page, name=""):
        super().__init__(page, name)
        tell("made")
        self.task = 0

    def fields(self):
        tell("fields")
        return self.FIELDS

    def actions(self):
        tell("actions")
        return (Action("lower_press", "Press", "play", self.press, "Ctrl+Shift+P"), *self.ACTIONS)

    def press(self):
        tell("press")

    def on_open(self):
        tell("on_open")

    def on_close(self):
        tell("on_close")

    def on_after_get_current_record(self, values):
        tell("on_after_get_current_record", values.get("no"))
        parameters = {"of": str(values["no"])} | ({"fail": "yes"} if "task" in faults else {})
        self.task = self.enqueue_background_task("lower", parameters, error_level=level)

    def on_field_changed(self, name, value):
        tell("on_field_changed", name, value)

    def on_page_background_task_completed(self, task_id, results):
        tell("on_page_background_task_completed", task_id == self.task)
        if task_id == self.task:
            self.show_value("lower_of", results["by"] + " " + results["of"])
            self.show_value("lower_limit", Decimal("1234.5"))

    def on_page_background_task_error(self, task_id, error):
        tell("on_page_background_task_error", task_id == self.task, error.text)
        return handled and task_id == self.task

class OnList(PageExtension):
    def on_after_get_current_record(self, values):
        tell("list", values)

class Own(Page):
    NAME = "lower_page"
    TITLE = "Title Page"

def figure(results, now):
    return Figure(results["by"])

CUES = (Cue("Title cue", "person", "lower_cue", figure, "lower_page", frozenset()),)
PAGES = (PageEntry("lower_page", "Title Page", __name__, "Own", "person"),)

def cue(session):
    session.set_background_task_result({"by": "7"})

extension = Extension(
    name="Title",
    publisher="Harbour",
    version="1.2",
    codeunits=(
        Codeunit(NUMBER, "lower", "Title task", __name__),
        Codeunit(NUMBER + 1, "lower_cue", "Title cue", __name__ + ":cue"),
    ),
    page_extensions={"customer_card": __name__ + ":Extended", "customer_list": __name__ + ":OnList"},
    cues=__name__ + ":CUES",
    pages=__name__ + ":PAGES",
)
"""


@pytest.fixture
def extend(put_extension: Callable[[str, str], Path]) -> Callable[..., ModuleType]:
    """A function that puts the extension above into the folder, under this name, and returns its module.

    Pairs of texts say what to replace in its source.
    """

    def put(name: str, *replacements: tuple[str, str], number: int = 50_400) -> ModuleType:
        source = SOURCE
        for old, new in replacements:
            assert old in source
            source = source.replace(old, new)
        lower = name.lower()
        source = source.replace("Title", name).replace("lower", lower).replace("NUMBER", str(number))
        put_extension(lower, source)
        from desktop.extensions.loader import loaded_extensions

        loaded_extensions()
        return sys.modules[lower]

    return put
