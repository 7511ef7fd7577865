"""The store at work: several processes, kills, backups, older versions, the audit log."""
