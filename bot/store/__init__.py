"""The record in Redis: approvals, runs, leases and the embedded server; nothing else imports redis."""
