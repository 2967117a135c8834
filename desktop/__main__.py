"""The `backdesk` command and composition root: the only file that may see everything."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from desktop import settings as settings_store
from desktop.errors import SettingsError
from desktop.settings import Settings
from models.errors import BackdeskError

# A verb's module is imported only when the verb is used: help and errors come at once.
VERBS: Final = {
    "import": "desktop.commands.import_file",
    "imports": "desktop.commands.imports",
    "jobs": "desktop.commands.jobs",
    "worker": "desktop.commands.worker",
    "company": "desktop.commands.company",
    "doctor": "desktop.commands.doctor",
    "new-codeunit": "desktop.commands.new_codeunit",
}
WRONG_USE: Final = 2
CHILD_FLAG: Final = "--child"  # how a frozen program starts its own child processes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb, or open the window when there is none.

    Args:
        arguments: the command line without the program's name; None takes the process's own.
    Returns:
        The exit code: 0 good, 1 done with errors, 2 wrong use or something that cannot be read.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == [CHILD_FLAG]:
        from desktop.scheduler import child

        return child.main(words[1:])
    words = _company_first(words)
    args = _parser(words).parse_args(words)
    try:
        return _run(args)
    except BackdeskError as error:
        print(f"backdesk: {error}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        print("backdesk: stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has closed; nothing is left to say, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from desktop.sessions.session import describe_error

        logging.getLogger(__name__).exception("a verb failed")
        print(f"backdesk: {describe_error(error)[1]}", file=sys.stderr)
        return WRONG_USE
    finally:
        from models.database import close_company

        close_company()


def _company_first(words: list[str]) -> list[str]:
    """Put `--company PATH` before the verb, wherever a person wrote it: each verb has words of its own."""
    found: list[str] = []
    rest: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--company" and waiting:
            found = [word, waiting.pop(0)]
        elif word.startswith("--company="):
            found = [word]
        else:
            rest.append(word)
    return [*found, *rest]


def _parser(words: list[str]) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--company",
        metavar="PATH",
        default=argparse.SUPPRESS,
        help="the company file; else BACKDESK_COMPANY, the one used last, or a new demo company",
    )
    parser = argparse.ArgumentParser(
        prog="backdesk",
        description="A company's data, with background work one can trust. Without a verb it opens the window.",
        parents=[common],
    )
    parser.set_defaults(verb="", company=None)
    parser.add_argument(
        "--pictures", metavar="DIR", help="without a display: where the tour writes a picture of each page"
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    asked = next((word for word in words if word in VERBS), None)
    for verb, module in VERBS.items():
        if asked in (verb, None):
            importlib.import_module(module).add_parser(verbs)
    for verb_parser in verbs.choices.values():
        verb_parser.add_argument(
            "--company", metavar="PATH", default=argparse.SUPPRESS, help="the company file"
        )
    return parser


def _run(args: argparse.Namespace) -> int:
    from desktop.logs import setup_logging

    setup_logging(args.verb or "window")
    settings = _settings(args.verb)
    args.settings = settings
    args.company_path = None
    if not args.verb:
        return _open_window(args, settings)
    module = importlib.import_module(VERBS[args.verb])
    if getattr(module, "NEEDS_COMPANY", True):
        args.company_path = _open_company(args.company, settings)
    code: int = module.run(args)
    return code


def _settings(verb: str) -> Settings:
    try:
        return settings_store.load()
    except SettingsError:
        if verb == "doctor":  # it tells what is wrong with the folder
            return Settings()
        raise


def _open_company(asked: str | None, settings: Settings) -> Path:
    from desktop.company import open_or_create

    return open_or_create(asked or os.environ.get("BACKDESK_COMPANY"), settings)


def _open_window(args: argparse.Namespace, settings: Settings) -> int:
    from ui.display import has_display

    shown = has_display()
    if not shown:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        company = _open_company(args.company, settings)
        return _tour(company, settings, args.pictures)
    try:
        company = _open_company(args.company, settings)
    except BackdeskError as error:
        # Who started it from a menu sees no command line.
        from ui.start_error import choose_other_company

        print(f"backdesk: {error}", file=sys.stderr)
        other = choose_other_company(error, settings)
        if other is None:
            return WRONG_USE
        company = _open_company(str(other), settings)
    from ui.application import run

    return run(company, settings)


def _tour(company: Path, settings: Settings, pictures: str | None) -> int:
    from desktop import paths
    from ui.tour import run_tour

    return run_tour(company, settings, Path(pictures) if pictures else paths.data_folder() / "tour")


if __name__ == "__main__":
    sys.exit(main())
