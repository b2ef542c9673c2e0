"""Write the next migration from the difference between the tables and the last one.

.venv/bin/python tools/migration.py 0002 "what it changes"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from jobmill.adapters.sql.migrate import MIGRATIONS


def main(revision: str, message: str) -> None:
    """Autogenerate one revision against a file that stands at the present head."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("sqlalchemy.url", f"sqlite:///{Path(folder, 'head.db')}")
        if list((MIGRATIONS / "versions").glob("*.py")):
            command.upgrade(config, "head")
        command.revision(config, message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    main(*sys.argv[1:])
