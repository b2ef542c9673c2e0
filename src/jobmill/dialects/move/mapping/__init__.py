"""The vendor's words and ours, both ways. Pure: no input, no output, no clock."""
