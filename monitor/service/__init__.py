"""The one process that keeps the week: schedules, jobs, the drop folder, health and metrics."""
