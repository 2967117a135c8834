"""Reads the PDFs that reports write as far as tests need it: by the table at the end, with the texts of each page."""

from __future__ import annotations

import re
import zlib
from pathlib import Path


class ReadPdf:
    """One file; raises AssertionError where it is not well-formed."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        assert data.startswith(b"%PDF-1.7")
        assert data.endswith(b"%%EOF\n")
        start = int(re.findall(rb"startxref\n(\d+)\n", data)[-1])
        count = int(re.match(rb"xref\n0 (\d+)\n", data[start:])[1])  # type: ignore[index]
        lines = data[start:].split(b"\n")[3 : 2 + count]
        self.objects: dict[int, bytes] = {}
        for number, line in enumerate(lines, start=1):
            place = int(line[:10])
            assert data[place:].startswith(b"%d 0 obj\n" % number), f"object {number} is not at its place"
            self.objects[number] = data[place : data.index(b"\nendobj\n", place)]
        self._signs = [self._meanings(body) for body in self.objects.values() if b"/Type0" in body]
        self.pages = [self._texts(page) for page in self._leaves(2)]

    def stream(self, number: int) -> bytes:
        """What an object holds, unpacked."""
        body = self.objects[number]
        length = int(re.search(rb"/Length (\d+)", body)[1])  # type: ignore[index]
        begin = body.index(b"stream\n") + len(b"stream\n")
        return zlib.decompress(body[begin : begin + length])

    def _leaves(self, node: int) -> list[int]:
        body = self.objects[node]
        kids = re.search(rb"/Kids\[(.*?)\]", body)
        if kids is None:
            return [node]
        found = [page for kid in re.findall(rb"(\d+) 0 R", kids[1]) for page in self._leaves(int(kid))]
        assert len(found) == int(re.search(rb"/Count (\d+)", body)[1])  # type: ignore[index]
        return found

    def _meanings(self, font: bytes) -> dict[str, str]:
        table = self.stream(int(re.search(rb"/ToUnicode (\d+)", font)[1])).decode("ascii")  # type: ignore[index]
        pairs = re.findall(r"<([0-9A-F]{4})><([0-9A-F]+)>", table)
        return {glyph: bytes.fromhex(sign).decode("utf-16-be") for glyph, sign in pairs}

    def _texts(self, page: int) -> list[str]:
        contents = int(re.search(rb"/Contents (\d+)", self.objects[page])[1])  # type: ignore[index]
        return self._drawn(self.stream(contents).decode("ascii")) + self._drawn(
            self.stream(4).decode("ascii")
        )

    def _drawn(self, operators: str) -> list[str]:
        found = []
        for font, code in re.findall(r"/([RB]) [\d.]+ Tf \S+ \S+ Td <([0-9A-F]*)> Tj", operators):
            signs = self._signs["RB".index(font)]
            found.append("".join(signs[code[place : place + 4]] for place in range(0, len(code), 4)))
        return found
