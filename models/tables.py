"""All tables by name: what look-ups, imports, change messages and permission texts refer to."""

from __future__ import annotations

from models.company import CachedResult, CompanyInformation, NumberSeries, User
from models.customer import Customer
from models.import_change import ImportChange
from models.integration import Integration, IntegrationField, IntegrationHeader, IntegrationValueMap
from models.integration_record import (
    ImportRun,
    IntegrationRecord,
    IntegrationRecordError,
    IntegrationRecordStatus,
)
from models.item import Item
from models.job_queue import (
    JobQueueCategory,
    JobQueueChange,
    JobQueueDependency,
    JobQueueEntry,
    JobQueueLogEntry,
    Notification,
    ScheduledTask,
    SessionEvent,
    Worker,
)
from models.lookups import Country, PaymentTerms, PostCode, UnitOfMeasure
from models.messages import MailMessage, MailSetup, NotificationSetting
from models.permissions import Permission, PermissionSet, UserPermissionSet
from models.post_process_entry import PostProcessEntry
from models.record import Record
from models.reports import ReportContent, ReportInbox
from models.sales_order import SalesHeader, SalesLine
from models.setup import CueSetup, RetentionPolicy
from models.vendor import Vendor

TABLES: dict[str, type[Record]] = {
    record.table(): record
    for record in (
        CompanyInformation,
        User,
        NumberSeries,
        CachedResult,
        Country,
        PostCode,
        PaymentTerms,
        UnitOfMeasure,
        Customer,
        Vendor,
        Item,
        SalesHeader,
        SalesLine,
        JobQueueEntry,
        JobQueueLogEntry,
        JobQueueCategory,
        JobQueueDependency,
        JobQueueChange,
        ScheduledTask,
        Worker,
        SessionEvent,
        Notification,
        NotificationSetting,
        MailSetup,
        MailMessage,
        PermissionSet,
        Permission,
        UserPermissionSet,
        ReportInbox,
        ReportContent,
        CueSetup,
        RetentionPolicy,
        Integration,
        IntegrationField,
        IntegrationValueMap,
        IntegrationHeader,
        ImportRun,
        IntegrationRecord,
        IntegrationRecordStatus,
        IntegrationRecordError,
        ImportChange,
        PostProcessEntry,
    )
}


def table_caption(name: str) -> str:
    """What people call a table; its own name where it has no caption."""
    record = TABLES.get(name)
    return record.CAPTION if record else name
