"""`python -m jobmill.cli` does what `jobmill` does."""

from jobmill.cli import main

main()
