"""Users and teams as the vendor shows them."""

from collections.abc import Sequence
from typing import Any

from jobmill.core.accounts import Team, User


def user_document(user: User) -> dict[str, Any]:
    """A user; the password is never shown."""
    return {"id": user.id, "email": user.email, "name": user.name}


def team_document(team: Team, members: Sequence[User]) -> dict[str, Any]:
    """A team with its members."""
    return {
        "id": team.id,
        "name": team.name,
        "members": [user_document(each) for each in members],
    }
