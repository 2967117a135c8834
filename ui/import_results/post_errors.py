"""What the page of an import's rows says of records that were written well, but could not be post-processed."""

from __future__ import annotations

from typing import Final

from desktop.formats import count_text
from ui.widgets.banner import BannerBar

__all__ = ["POST_ERRORS", "PostErrors"]

POST_ERRORS: Final = "post_errors"  # the key of the banner


class PostErrors:
    """A banner that leads to them; once a person has closed it, it comes again only for another number.

    Args:
        banners: of the page.
    """

    def __init__(self, banners: BannerBar) -> None:
        self._banners = banners
        self._told = (0, 0)

    def show(self, run_id: int, errors: int) -> None:
        """Show how many entries of a run have errors; 0 takes the banner away."""
        if (run_id, errors) == self._told:
            return
        self._told = (run_id, errors)
        if not errors:
            self._banners.remove(POST_ERRORS)
            return
        what = "1 record" if errors == 1 else f"{count_text(errors)} records"
        text = "What was imported stays. Each says why, and can be tried again."
        self._banners.show_banner(
            POST_ERRORS, "warn", f"{what} could not be post-processed.", text, [("open", "Show them")]
        )
