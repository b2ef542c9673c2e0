"""Speed beside peers and limits: each bench measures both in the same run and prints a ratio."""
