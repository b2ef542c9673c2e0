"""Organizations: create, get, rename, delete, list."""

from typing import Annotated

from fastapi import Query, Response

from jobmill.api.answers import LOCATION, WITH_BODY, answer, problems
from jobmill.api.numbered import numbered
from jobmill.api.route import Caller, TheHouse, native_router
from jobmill.api.schemas.accounts import (
    CreateOrganization,
    EditOrganization,
    NewOrganization,
    Organization,
    OrganizationPage,
)
from jobmill.api.schemas.jobs import PREFIX
from jobmill.api.schemas.shared import PageQuery
from jobmill.core.accounts.service.organizations import (
    create_organization,
    get_organization,
    list_organizations,
    remove_organization,
    rename_organization,
)

router = native_router("organizations")


@router.post(
    "/organizations",
    status_code=201,
    summary="Create an organization",
    responses={**answer(201, "The organization.", LOCATION), **problems(*WITH_BODY, 409)},
)
async def make_organization(
    body: CreateOrganization, response: Response, house: TheHouse, who: Caller
) -> NewOrganization:
    """Make an organization with a user `admin` and that user's key.

    For admins of the server's first organization.
    """
    now = house.clock.now()
    made, key = await house.database.write(
        lambda work: create_organization(work.accounts, who, body.name, now)
    )
    response.headers["Location"] = f"{PREFIX}/organizations/{made.id}"
    return NewOrganization(**Organization.of(made).model_dump(), key=key)


@router.get("/organizations", summary="List organizations", responses=problems())
async def read_organizations(
    query: Annotated[PageQuery, Query()], house: TheHouse, who: Caller
) -> OrganizationPage:
    """Your own; all of them for admins of the server's first organization."""
    found, following = await numbered(
        house,
        query,
        lambda work, after, limit: list_organizations(work.accounts, who, after, limit),
    )
    return OrganizationPage(items=[Organization.of(each) for each in found], next=following)


@router.get("/organizations/{organization}", summary="Get an organization", responses=problems(404))
async def read_organization(organization: str, house: TheHouse, who: Caller) -> Organization:
    """An organization by its id."""
    return Organization.of(
        await house.database.read(lambda work: get_organization(work.accounts, who, organization))
    )


@router.patch(
    "/organizations/{organization}",
    summary="Rename an organization",
    responses=problems(*WITH_BODY, 404, 409),
)
async def edit_organization(
    organization: str, body: EditOrganization, house: TheHouse, who: Caller
) -> Organization:
    """Give it another name. For its admins."""
    return Organization.of(
        await house.database.write(
            lambda work: rename_organization(work.accounts, who, organization, body.name)
        )
    )


@router.delete(
    "/organizations/{organization}",
    status_code=204,
    response_class=Response,
    summary="Delete an organization",
    responses=problems(404, 409),
)
async def delete_organization(organization: str, house: TheHouse, who: Caller) -> None:
    """Remove an organization that owns nothing any more, with its users, teams and keys.

    For admins of the server's first organization, which cannot be removed.
    """
    await house.database.write(lambda work: remove_organization(work.accounts, who, organization))
