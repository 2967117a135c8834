"""A process of its own that opens hostile files and may not grow: what each gives, as a line of JSON.

Arguments: the files. Each line has the code of the error (or the number of rows), the sentence, and the seconds of
work of a processor.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from desktop.errors import SourceError
from desktop.imports.integrations.definition import Definition, Reading
from desktop.imports.sources import json_reader, reader

MOST_GROWTH = 512 << 20


def main() -> None:
    assert json_reader.MOST_BYTES < MOST_GROWTH
    definition = Definition(
        "ANY", "", "customer", "Any", "", "no", "", "", ".", "YYYY-MM-DD", Reading(), (), {}
    )
    status = Path("/proc/self/statm").read_text().split()
    grown = int(status[0]) * resource.getpagesize() + MOST_GROWTH
    resource.setrlimit(resource.RLIMIT_AS, (grown, grown))
    for name in sys.argv[1:]:
        began = time.process_time()
        try:
            with reader.open_source(Path(name), definition, guess=True) as source:
                found, said = str(sum(1 for _ in source.rows)), ""
        except SourceError as error:
            found, said = error.code, str(error)
        print(json.dumps([found, said, time.process_time() - began]), flush=True)


main()
