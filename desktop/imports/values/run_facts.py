"""What is known when an import runs, for fields of the type Dynamic."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec

from desktop.sessions.session import Session
from models.company import CompanyInformation
from models.integration import DynamicValue


class RunFacts(msgspec.Struct, frozen=True):
    """The day, the moment, the user and the company of a run; `now` in the time of this computer."""

    now: datetime = datetime(1970, 1, 1)
    work_date: date = date(1970, 1, 1)
    user_id: str = ""
    company: str = ""

    def value(self, name: str) -> str:
        """The text that a field with this dynamic value gets.

        Args:
            name: a value of DynamicValue.
        Raises:
            ValueError: there is no such value.
        """
        texts = {
            DynamicValue.TODAY: self.now.date().isoformat(),
            DynamicValue.WORK_DATE: self.work_date.isoformat(),
            DynamicValue.CURRENT_TIME: f"{self.now:%H:%M}",
            DynamicValue.CURRENT_DATETIME: self.now.isoformat(sep=" ", timespec="seconds"),
            DynamicValue.USER_ID: self.user_id,
            DynamicValue.COMPANY_NAME: self.company,
        }
        return texts[DynamicValue(name)]


NO_FACTS: Final = RunFacts()


def facts_of(session: Session) -> RunFacts:
    """The facts of the session that runs the import. Needs an open connection."""
    company = CompanyInformation.get_or_none()
    return RunFacts(
        now=session.clock.now().astimezone().replace(tzinfo=None),
        work_date=session.work_date,
        user_id=session.user_id,
        company=company.name if company is not None else "",
    )
