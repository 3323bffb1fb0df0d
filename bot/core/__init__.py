"""The rules of an approval, as pure values and functions: no I/O, no clock, no chance."""
