"""Fields that extensions show on a card: read and edited like the card's own, and stored nowhere."""

from __future__ import annotations

from typing import Any

from models.rules import FieldRule
from ui.framework.choice_editors import make_editor
from ui.framework.context import PageContext
from ui.framework.editors import FieldEditor, read_or_error
from ui.framework.page_extension import ExtensionField, PageExtension

PENDING = "Calculating…"


class AddedFields:
    """The fields of all extensions of one card."""

    def __init__(self) -> None:
        self._fields: dict[str, _AddedField] = {}

    def add(
        self, extension: PageExtension, field: ExtensionField, tab: str, context: PageContext
    ) -> FieldEditor:
        """Make the editor of a field whose name is free.

        Args:
            tab: the title of its FastTab.
        """
        rule = FieldRule(field.name, field.caption, field.kind, options=field.options)
        editor = make_editor(rule, context.clock, context.hub, read_only=not field.editable)
        self._fields[field.name] = _AddedField(extension, editor, tab)
        return editor

    def owner_of(self, name: str) -> PageExtension | None:
        """The extension whose field this is; None where no extension has it."""
        added = self._fields.get(name)
        return added.extension if added else None

    def editor(self, name: str) -> FieldEditor:
        """The editor of a field.

        Raises:
            KeyError: there is no such field.
        """
        return self._fields[name].editor

    def names_on(self, tab: str) -> list[str]:
        """The fields on a FastTab, in the order in which they were added."""
        return [name for name, added in self._fields.items() if added.tab == tab]

    def editors_on(self, tab: str) -> list[FieldEditor]:
        """Their editors."""
        return [self._fields[name].editor for name in self.names_on(tab)]

    def show(self, extension: PageExtension, name: str, value: Any) -> None:
        """Show a value of the field's Python type; None for nothing.

        Raises:
            KeyError: the extension has no such field.
        """
        editor = self._own(extension, name)
        editor.set_placeholder("")
        editor.show_value(value)

    def show_pending(self, extension: PageExtension, name: str) -> None:
        """Say in a field that its value is on its way; one that is shown stays until then.

        Raises:
            KeyError: the extension has no such field.
        """
        self._own(extension, name).set_placeholder(PENDING)

    def clear(self) -> None:
        """Another record: the values of the one before are gone."""
        for added in self._fields.values():
            added.editor.row.clear_error()
            added.editor.set_placeholder("")
            added.editor.show_value(None)

    def _own(self, extension: PageExtension, name: str) -> FieldEditor:
        if self.owner_of(name) is not extension:
            raise KeyError(name)
        return self._fields[name].editor


class _AddedField:
    def __init__(self, extension: PageExtension, editor: FieldEditor, tab: str) -> None:
        self.extension, self.editor, self.tab = extension, editor, tab
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
        except (Exception, SystemExit) as failure:
            page.show_extension_error(self.extension.extension_name, failure)
