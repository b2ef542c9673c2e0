"""`python -m jobmill.cli` is `jobmill`."""

from jobmill.cli.main import main

if __name__ == "__main__":
    main()
