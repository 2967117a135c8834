#!/usr/bin/env python3
"""Set Backdesk up on a fresh machine, then run, test or measure it: `bootstrap.py VERB [arguments]`.

The same on Linux, Windows and macOS. Finds a Python that is new enough and leaves the rest to `verbs.py`; this file
keeps to what an old Python can read, so that it can say what is wrong.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
ADVICE = """\
Install a newer one and run this again.
On Debian and Ubuntu: sudo apt-get install -y python3.11-venv
Elsewhere: https://www.python.org/downloads/"""


def newer_python() -> str:
    """The path of an interpreter that starts and is new enough, or nothing."""
    test = "import sys; sys.exit(sys.version_info < " + repr(OLDEST) + ")"
    for name in NEWER:
        path = shutil.which(name) or ""
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123
            if path and subprocess.call([path, "-c", test], stderr=nowhere) == 0:
                return path
    return ""


def main() -> int:
    """Do what the verb says, under this Python or a newer one; returns the exit code, 1 when there is none."""
    if sys.version_info >= OLDEST:
        import verbs

        return verbs.main(sys.argv[1:])
    python = newer_python()
    if python:
        return subprocess.call([python, os.path.abspath(__file__), *sys.argv[1:]])  # noqa: PTH100
    sys.stderr.write("Backdesk needs Python 3.11 or newer; this is " + sys.version.split()[0])
    sys.stderr.write(" (" + sys.executable + ").\n" + ADVICE + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
