"""The HTTP side for machines: start runs, read approvals, see whether the bot is well."""
