"""Organizations, users, teams, keys and sessions as they are sent and shown."""

from typing import Annotated

from pydantic import ConfigDict, Field, SecretStr, StrictBool, StringConstraints

from jobmill.api.schemas.shared import Answer, Body, GivenTime, Page, PageQuery, Time
from jobmill.core.accounts import Organization as CoreOrganization
from jobmill.core.accounts import Principal, Proof, Right, Session
from jobmill.core.accounts import Team as CoreTeam
from jobmill.core.accounts import User as CoreUser
from jobmill.core.accounts.passwords import LONGEST, SHORTEST
from jobmill.core.accounts.service.authenticate import session_end
from jobmill.core.accounts.service.keys import KeyView, NewKey
from jobmill.core.accounts.service.names import EMAIL_LIMIT, NAME_LIMIT
from jobmill.core.accounts.service.sessions import is_current

Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LIMIT)]
Email = Annotated[str, StringConstraints(min_length=3, max_length=EMAIL_LIMIT)]
Whom = Annotated[str, StringConstraints(min_length=1, max_length=EMAIL_LIMIT)]
USER = "A user's id, e-mail address or name."
PASSWORD = f"{SHORTEST} to {LONGEST} characters; kept as a scrypt hash."


class CreateOrganization(Body):
    """An organization to be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Archive"}]})

    name: Name


class EditOrganization(Body):
    """What shall change."""

    name: Name


class Organization(Answer):
    """The owner of jobs, files, pipelines and users; nothing is seen across two of them."""

    id: str
    name: str
    created_at: Time | None

    @classmethod
    def of(cls, organization: CoreOrganization) -> "Organization":
        return cls(id=organization.id, name=organization.name, created_at=organization.created_at)


class NewOrganization(Organization):
    """An organization that was just made."""

    key: str = Field(description="A key of its user `admin` with all rights. Shown this once.")


class OrganizationPage(Page[Organization]):
    """A piece of the list of organizations."""


class CreateUser(Body):
    """A user to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "ada@example.org", "name": "Ada", "password": "long enough"}]
        }
    )

    name: Name
    email: Email | None = Field(None, description="Unique on the server; needed to sign in.")
    password: SecretStr | None = Field(None, description=PASSWORD)
    admin: StrictBool = Field(False, description="Whether they manage the organization.")


class EditUser(Body):
    """What shall change; what is left out stays. Admins may change all, users their own name and
    password."""

    name: Name | None = None
    email: Email | None = None
    password: SecretStr | None = Field(None, description=PASSWORD + " Ends all sessions.")
    current_password: SecretStr | None = Field(
        None, description="Who is no admin gives the present password to change it."
    )
    admin: StrictBool | None = None
    disabled: StrictBool | None = Field(
        None, description="Whether their keys and sessions are refused."
    )


class User(Answer):
    """A person or program of an organization."""

    id: str
    name: str
    email: str | None
    admin: bool
    disabled: bool
    password_set: bool = Field(description="Whether they can sign in by password.")
    created_at: Time | None

    @classmethod
    def of(cls, user: CoreUser) -> "User":
        return cls(
            id=user.id,
            name=user.name,
            email=user.email,
            admin=user.admin,
            disabled=user.disabled,
            password_set=user.password is not None,
            created_at=user.created_at,
        )


class UserPage(Page[User]):
    """A piece of a list of users."""


class CreateTeam(Body):
    """A team to be."""

    name: Name
    members: list[Whom] = Field([], max_length=1000, description=USER)


class EditTeam(Body):
    """What shall change."""

    name: Name


class Team(Answer):
    """Users under a name, with whom jobs can be shared."""

    id: str
    name: str
    created_at: Time

    @classmethod
    def of(cls, team: CoreTeam) -> "Team":
        return cls(id=team.id, name=team.name, created_at=team.created_at)


class TeamPage(Page[Team]):
    """A piece of the list of teams."""


RedirectUri = Annotated[str, Field(max_length=2000)]


class CreateKey(Body):
    """A key to be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "nightly checks", "rights": ["jobs:read"]}]}
    )

    name: Name
    user: Whom | None = Field(None, description=USER + " Yourself, if left out.")
    rights: list[Right] | None = Field(
        None, max_length=50, description="None that you lack; those that you have, if left out."
    )
    expires_at: GivenTime | None = Field(None, description="When it ends; never, if left out.")
    redirect_uris: list[RedirectUri] = Field(
        [],
        max_length=20,
        description="For a key that is an OAuth client: where users who sign in may be sent.",
    )

    def wanted(self) -> NewKey:
        """The core's own form."""
        rights = None if self.rights is None else tuple(right.value for right in self.rights)
        uris = tuple(self.redirect_uris)
        return NewKey(self.name, self.user, rights, self.expires_at, uris)


class EditKey(Body):
    """What shall change; what is left out stays."""

    name: Name | None = None
    rights: list[Right] | None = Field(None, max_length=50)


class KeyUser(Answer):
    """As whom a key acts."""

    id: str
    name: str


class Key(Answer):
    """An API key, without its text: only a hash of that is kept."""

    id: str
    name: str
    user: KeyUser
    prefix: str = Field(description="The part of the key that tells it from others.")
    rights: list[str]
    created_at: Time
    expires_at: Time | None
    revoked_at: Time | None
    redirect_uris: list[str]

    @classmethod
    def of(cls, view: KeyView) -> "Key":
        key = view.key
        return cls(
            id=key.id,
            name=key.name,
            user=KeyUser(id=view.user.id, name=view.user.name),
            prefix=key.prefix,
            rights=list(key.rights),
            created_at=key.created_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
            redirect_uris=list(key.redirect_uris),
        )


class NewKeyAnswer(Key):
    """A key that was just made."""

    model_config = ConfigDict(title="NewKey")

    key: str = Field(description="Shown this once.")


class KeyPage(Page[Key]):
    """A piece of the list of keys."""


class KeysQuery(PageQuery):
    """Which keys."""

    user: Whom | None = Field(None, description=USER)


class Login(Body):
    """Who signs in."""

    email: str = Field(max_length=1000)
    password: SecretStr = Field(max_length=LONGEST)


class Me(Answer):
    """Who you are."""

    user: User
    organization: Organization
    rights: list[str]
    proof: Proof = Field(description="What let you in.")
    until: Time | None = Field(description="When the key or the session ends; null for never.")


class MySession(Answer):
    """A sign-in of yours that is alive."""

    id: str
    created_at: Time
    seen_at: Time = Field(description="When it was last used.")
    until: Time = Field(description="When it ends, unless it is used before.")
    current: bool = Field(description="This call came by it.")

    @classmethod
    def of(cls, session: Session, who: Principal) -> "MySession":
        return cls(
            id=session.id,
            created_at=session.created_at,
            seen_at=session.seen_at,
            until=session_end(session),
            current=is_current(who, session),
        )


class SessionPage(Page[MySession]):
    """All of them, newest first."""
