"""`python -m jobmill.cli`."""

from jobmill.cli import main

main()
