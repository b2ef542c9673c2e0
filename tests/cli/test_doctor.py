"""What the doctor finds wrong, and what it says to do about it."""

import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobmill.adapters.locks import DataFolder
from jobmill.adapters.sql.migrate import HEAD, migrate
from jobmill.adapters.vault import KeyFileVault
from jobmill.cli.doctor import database, folder, machine, place, webhooks
from jobmill.cli.doctor.finding import Finding
from jobmill.config import Settings
from tests.adapters.blobs.s3_server import BUCKET, s3_server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = DataFolder(tmp_path)
    made.make()
    tmp_path.chmod(0o700)
    migrate(made.database)
    return Settings(data=tmp_path, port=0)


def by_name(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {each.name: each for each in findings}


def test_a_folder_in_order_is_found_in_order(settings: Settings) -> None:
    looked = [
        *folder.look_at_folder(settings),
        *database.look_at_database(settings),
        *place.look_at_settings(settings),
    ]
    assert {each.status for each in looked} == {"ok"}, looked
    names = {each.name for each in looked}
    assert {"writable", "privacy", "locks", "schema", "clock", "port", "media root"} <= names


def test_a_folder_that_others_can_read_is_named(settings: Settings) -> None:
    settings.data.chmod(0o755)
    privacy = by_name(folder.look_at_folder(settings))["privacy"]
    assert (privacy.status, f"chmod 700 {settings.data}" in privacy.fix) == ("warn", True)


def test_what_a_dead_server_left_is_named_and_what_a_living_one_holds_is_not(
    settings: Settings,
) -> None:
    (settings.data / "server.json").write_text('{"url": "http://127.0.0.1:9"}')
    seat = DataFolder(settings.data).take_seat()
    (seat.engines / "1.json").write_text("{}")
    with DataFolder(settings.data).held():
        held = by_name(folder.look_at_folder(settings))
        assert "stale lock" not in held
        assert held["locks"].status == "ok"
    seat.leave()
    left = by_name(folder.look_at_folder(settings))
    assert left["stale lock"].status == left["locks"].status == "warn"
    assert "http://127.0.0.1:9" in left["stale lock"].fix


@pytest.mark.parametrize(("version", "status"), [("0000", "warn"), ("9999", "fail")])
def test_a_schema_of_another_version_is_named(
    settings: Settings, version: str, status: str
) -> None:
    with sqlite3.connect(DataFolder(settings.data).database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()
    schema = by_name(database.look_at_database(settings))["schema"]
    assert schema.status == status
    assert HEAD in schema.detail


def test_a_clock_behind_the_database_is_named(settings: Settings) -> None:
    tomorrow = int((time.time() + 86_400) * 1e6)
    connection = sqlite3.connect(DataFolder(settings.data).database)
    connection.execute(
        "INSERT INTO event (job, type, at) VALUES (1, 'job.created', ?)", (tomorrow,)
    )
    connection.commit()
    connection.close()
    clock = by_name(database.look_at_database(settings))["clock"]
    assert clock.status == "warn"
    assert "in the future" in clock.detail


def test_a_file_that_is_no_database_is_named(settings: Settings) -> None:
    DataFolder(settings.data).database.write_bytes(b"no database" * 100)
    assert by_name(database.look_at_database(settings))["database"].status == "fail"


def test_a_taken_port_is_named(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        looked = by_name(place.look_at_settings(Settings(data=settings.data, port=port)))
    assert looked["port"].status == "warn"
    assert "taken" in looked["port"].detail


def test_missing_folders_and_wrong_settings_are_named(settings: Settings, tmp_path: Path) -> None:
    wrong = Settings(
        data=settings.data,
        port=0,
        media_roots=(tmp_path / "none",),
        models=tmp_path / "nothing",
        tls_cert=tmp_path / "cert",
        tls_key=tmp_path / "key",
        public_url="jobmill.example.org",
    )
    looked = by_name(place.look_at_settings(wrong))
    assert looked["media root"].status == "warn"
    for name in ("models", "certificate", "public address"):
        assert looked[name].status == "fail"
        assert looked[name].fix


def test_a_sign_in_that_is_half_set_or_not_there_is_named(settings: Settings) -> None:
    half = Settings(data=settings.data, port=0, oidc_issuer="http://127.0.0.1:9")
    assert by_name(place.look_at_settings(half))["sign-in"].status == "fail"
    whole = replace(half, oidc_client_id="a", oidc_client_secret="b")
    absent = by_name(place.look_at_settings(whole))["sign-in"]
    assert absent.status == "warn"
    assert "openid-configuration" in absent.detail


def test_an_engine_without_a_model_is_named_with_the_command_that_helps(
    settings: Settings,
) -> None:
    name = "models of transcribe"
    lacking = by_name(machine.look_at_models(settings))[name]
    assert lacking.status == "warn"
    home = settings.data / "models"
    assert f"jobmill models install whisper-base --to {home}" in lacking.fix


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_media_root_that_cannot_be_read_is_named(settings: Settings, tmp_path: Path) -> None:
    root = tmp_path / "shut"
    root.mkdir(mode=0o000)
    looked = by_name(place.look_at_settings(Settings(data=settings.data, media_roots=(root,))))
    assert looked["media root"].status == "warn"


def endpoint(settings: Settings, sealed: str, **more: object) -> None:
    columns = {
        "id": "e", "organization": 1, "owner": 1, "url": "https://a.example", "events": "[]",
        "format": "standard", "secrets": f'[["{sealed}", null]]', "description": "",
        "created_at": 0, "updated_at": 0, **more,
    }  # fmt: skip
    connection = sqlite3.connect(DataFolder(settings.data).database)
    names = ", ".join(columns)
    marks = ", ".join("?" * len(columns))
    connection.execute(f"INSERT INTO endpoint ({names}) VALUES ({marks})", [*columns.values()])
    connection.commit()
    connection.close()


def test_webhooks_in_order_are_found_in_order(settings: Settings) -> None:
    assert list(webhooks.look_at_webhooks(settings)) == []
    sealed = KeyFileVault(DataFolder(settings.data).secrets_key).seal("whsec_x", "e")
    endpoint(settings, sealed)
    looked = by_name(webhooks.look_at_webhooks(settings))
    assert {name: each.status for name, each in looked.items()} == {
        "webhook secrets": "ok",
        "webhooks": "ok",
        "endpoints": "ok",
    }


def test_a_lost_key_a_late_webhook_and_a_disabled_endpoint_are_named(settings: Settings) -> None:
    sealed = KeyFileVault(DataFolder(settings.data).secrets_key).seal("whsec_x", "e")
    endpoint(settings, sealed, disabled="gone")
    DataFolder(settings.data).secrets_key.unlink()
    connection = sqlite3.connect(DataFolder(settings.data).database)
    connection.execute(
        """INSERT INTO delivery (id, organization, endpoint, message, type, at, lane, state,
                                 created_at, due_at)
           VALUES ('d', 1, 1, 'm', 'job.completed', 1, 'l', 'pending', 1, 1)"""
    )
    connection.commit()
    connection.close()
    looked = by_name(webhooks.look_at_webhooks(settings))
    assert looked["webhook secrets"].status == "fail"
    assert looked["webhooks"].status == looked["endpoints"].status == "warn"
    assert "gone" in looked["endpoints"].detail


def test_a_bucket_that_is_there_and_one_that_is_not_are_told_apart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with s3_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        good = replace(settings, blobs=f"s3://{BUCKET}/data")
        assert by_name(place.look_at_settings(good))["bucket"].status == "ok"
        missing = replace(settings, blobs="s3://no-such-bucket/data")
        assert by_name(place.look_at_settings(missing))["bucket"].status == "fail"
    wrong = replace(settings, blobs="ftp://somewhere")
    assert by_name(place.look_at_settings(wrong))["bucket"].status == "fail"
