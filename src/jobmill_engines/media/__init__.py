"""What every engine that reads media shares: which files may be opened, how, and on what timeline.

No engine in here; decides nothing about results.
"""
