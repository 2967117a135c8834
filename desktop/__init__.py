"""The engine of Backdesk: sessions, tasks, the scheduler, the job queue and imports. No widgets."""
