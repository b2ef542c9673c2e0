"""Find the user behind an identity of a provider. Nobody gets an account by signing in."""

from datetime import datetime

from jobmill.core.accounts.identity import Identity
from jobmill.core.accounts.model import Session, User
from jobmill.core.accounts.ports import AccountWork
from jobmill.core.accounts.service.names import normal_email
from jobmill.core.accounts.service.sign_in import open_session
from jobmill.core.errors import LoginFailed


def sign_in_by_identity(
    work: AccountWork, identity: Identity, now: datetime
) -> tuple[User, Session, str]:
    """A session for the identity's user, with its token.

    The first time, the user is the one of the same e-mail address, if the provider has verified it;
    from then on the provider's own name for them counts, whatever address they have.
    """
    user = work.accounts.user_of_identity(identity.issuer, identity.subject)
    if user is None:
        user = _of_address(work, identity)
        work.accounts.add_identity(identity.issuer, identity.subject, user.number)
    if not user.active:
        raise LoginFailed("This account is disabled; ask an admin of your organization.")
    session, token = open_session(work, user, now)
    return user, session, token


def _of_address(work: AccountWork, identity: Identity) -> User:
    if not identity.email or not identity.email_verified:
        raise LoginFailed("Your provider has not told a verified e-mail address of yours.")
    user = work.accounts.user_with_email(normal_email(identity.email))
    if user is None:
        raise LoginFailed(
            f"There is no account for {identity.email}; ask an admin to add a user with it."
        )
    return user
