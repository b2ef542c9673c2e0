"""With whom jobs are shared. A row names exactly one of a user, a team, or a whole organization.

The job's own time stands in it again, so that lists of what is shared are walks along an index.
"""

import sqlalchemy as sa

from jobmill.adapters.sql.tables.columns import NUMBER, json_column, metadata, time_column

collaborator = sa.Table(
    "collaborator",
    metadata,
    sa.Column("share", NUMBER, primary_key=True, autoincrement=True),
    sa.Column("job", sa.ForeignKey("job.number", ondelete="CASCADE"), nullable=False),
    sa.Column("user", sa.ForeignKey("user.number")),
    sa.Column("team", sa.ForeignKey("team.number", ondelete="CASCADE")),
    sa.Column("whole", sa.ForeignKey("organization.number")),
    json_column("steps"),
    time_column("job_created_at", null=False),
    sa.Index("ix_collaborator_job", "job"),
    *(
        sa.Index(
            f"ix_collaborator_{each}_{name}",
            each,
            *columns,
            sqlite_where=sa.text(f'"{each}" IS NOT NULL'),
        )
        for each in ("user", "team", "whole")
        for name, columns in (("time", ("job_created_at", "job")), ("job", ("job",)))
    ),
)
