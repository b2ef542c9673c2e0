"""The rule that everything owned stands under: its owner's, and its organization's admins'.

Jobs add collaborators to it (`core/jobs/access.py`), assets those who see a job that uses them
(`core/items/access.py`). What is another organization's is nobody's here: it is not found.
"""

from jobmill.core.accounts.rights import Principal
from jobmill.core.ids import OrganizationNumber, UserNumber


def owns(who: Principal, organization: OrganizationNumber, owner: UserNumber | None) -> bool:
    """Whether the caller may do with it what its owner may."""
    return organization == who.organization and (who.admin or owner == who.user)


def seen_by(who: Principal) -> UserNumber | None:
    """Through whose eyes lists are made: None for those who see all of their organization."""
    return None if who.admin else who.user
