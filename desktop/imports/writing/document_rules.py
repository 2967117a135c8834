"""What the cards of a document check and fill beyond its single fields, for imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from desktop.imports.values.mapping import Fault
from desktop.imports.writing.document_store import StoredDocument


class DocumentRules(Protocol):
    """One kind of document. It is made for a connection, the only one that it uses: two threads may have one each."""

    def begin(self) -> None:
        """A chunk begins: forget what was read before, others may have changed it."""

    def apply(
        self, header: dict[str, Any], lines: Sequence[dict[str, Any]], stored: StoredDocument | None
    ) -> list[tuple[int | None, Fault]]:
        """Fill what follows from the values, and say what is against them; called before the chunk is written.

        Args:
            header, lines: stored values by field, as the file has them; filled in place.
            stored: the document as it is; None for a new one.
        Returns:
            Faults with the position of their line, None for the header. Their field is the record's, without level.
        """
