"""Who may not."""

from jobmill.core.errors.families import NotAllowed, NotAuthenticated


class LoginFailed(NotAuthenticated):
    """The sign-in failed."""

    code = "login_failed"


class LinkInvalid(NotAllowed):
    """This link was changed, or was not made here."""

    code = "link_invalid"


class LinkExpired(NotAllowed):
    """The time of this link is over."""

    code = "link_expired"


class GrantRefused(NotAuthenticated):
    """This is not the token of the attempt."""

    code = "grant_refused"
