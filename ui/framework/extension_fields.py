"""Fields that extensions show on a card: read and edited like the card's own, and stored nowhere."""

from __future__ import annotations

from typing import Any

from models.rules import FieldRule
from ui.framework.choice_editors import make_editor
from ui.framework.context import PageContext
from ui.framework.editors import FieldEditor, read_or_error
from ui.framework.page_extension import ExtensionField, PageExtension


class AddedFields:
    """The fields of all extensions of one card."""

    def __init__(self) -> None:
        self._fields: dict[str, _AddedField] = {}

    def add(self, extension: PageExtension, field: ExtensionField, context: PageContext) -> FieldEditor:
        """Make the editor of a field.

        Raises:
            ValueError: another extension shows a field of that name already.
        """
        if field.name in self._fields:
            raise ValueError(f"the field “{field.name}” is shown by another extension already")
        rule = FieldRule(field.name, field.caption, field.kind)
        editor = make_editor(rule, context.clock, context.hub, read_only=not field.editable)
        self._fields[field.name] = _AddedField(extension, editor)
        return editor

    def show(self, name: str, value: Any) -> None:
        """Show a value of the field's Python type; None for nothing.

        Raises:
            KeyError: there is no such field.
        """
        self._fields[name].editor.show_value(value)

    def text(self, name: str) -> str:
        """What the field shows.

        Raises:
            KeyError: there is no such field.
        """
        return self._fields[name].editor.text()

    def clear(self) -> None:
        """Another record: the values of the one before are gone."""
        for added in self._fields.values():
            added.editor.row.clear_error()
            added.editor.show_value(None)


class _AddedField:
    def __init__(self, extension: PageExtension, editor: FieldEditor) -> None:
        self.extension, self.editor = extension, editor
        editor.committed.connect(self._on_committed)

    def _on_committed(self, name: str) -> None:
        value, error = read_or_error(self.editor)
        if error:
            self.editor.row.set_error(error)
            return
        self.editor.row.clear_error()
        self.editor.show_value(value)
        page = self.extension.page
        try:
            self.extension.on_field_changed(name, value)
        except Exception as failure:
            page.show_extension_error(self.extension.extension_name, failure)
