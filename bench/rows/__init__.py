"""The lines of the table, a module per question that is asked of the product."""
