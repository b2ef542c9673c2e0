"""Words of our own in a job's extras; a dialect's stand under its name."""

EMPTIED = "emptied"
"""The job's item is gone: nothing that it found or wrote is kept."""
UNSEARCHED = "unsearched"
"""The words of the job are not searched any more."""
PROGRAM = "program"
"""The number under which the program is kept that the job was made with."""
