"""The corridor walked: receive, read, normalise, check, store, assess, bulletin, deliver."""
