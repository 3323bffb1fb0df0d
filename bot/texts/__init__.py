"""The language that people read: our sentences are English in the code, and looked up when they are used."""
