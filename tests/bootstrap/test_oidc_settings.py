"""The settings of sign-in at a provider: refused by name when they cannot be used."""

import pytest

from jobmill.config import SettingInvalid, settings_from


def test_a_provider_on_https_or_on_this_machine_is_taken_with_our_name_there() -> None:
    for issuer in ("https://login.example.org/realms/a", "http://127.0.0.1:8080"):
        given = {"JOBMILL_OIDC_ISSUER": issuer, "JOBMILL_OIDC_CLIENT_ID": "jobmill"}
        found = settings_from({**given, "JOBMILL_OIDC_CLIENT_SECRET": "s3cret"})
        assert (found.oidc_issuer, found.oidc_client_id) == (issuer, "jobmill")
        assert "s3cret" not in repr(found)
    assert settings_from({}).oidc_issuer == ""


@pytest.mark.parametrize(
    ("issuer", "client"),
    [
        ("http://login.example.org", "jobmill"),
        ("login.example.org", "jobmill"),
        ("https://", "jobmill"),
        ("https://login.example.org", ""),
    ],
)
def test_any_other_is_refused(issuer: str, client: str) -> None:
    with pytest.raises(SettingInvalid, match="JOBMILL_OIDC_ISSUER"):
        settings_from({"JOBMILL_OIDC_ISSUER": issuer, "JOBMILL_OIDC_CLIENT_ID": client})
