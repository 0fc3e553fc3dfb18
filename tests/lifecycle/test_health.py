"""What a machine is told about this one."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client, override_settings

from lifecycle import health


def test_livez_answers_anybody_without_the_database(client: Client) -> None:
    """No `db` fixture: a query would fail the test."""
    assert client.get("/livez").content == b"alive\n"


@pytest.mark.django_db
def test_readyz_says_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")
    assert "no-store" in response["Cache-Control"]
    assert [client.post(address).status_code for address in ("/livez", "/readyz")] == [405, 405]


@pytest.mark.django_db
def test_readyz_is_degraded_without_a_broker(client: Client) -> None:
    nobody = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    with override_settings(CACHES={"default": nobody}):
        response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"degraded: broker\n")


@pytest.mark.django_db
def test_readyz_is_not_ready_with_a_migration_open(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'teams'")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: migrations\n")


@pytest.mark.django_db
def test_readyz_is_not_ready_on_a_read_only_database(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: database is read-only\n")


@pytest.mark.django_db
def test_a_database_that_refuses_is_named_and_its_words_are_not(client: Client) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT 1/0")  # the transaction is broken from here on
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: database\n")


@pytest.mark.django_db
def test_a_full_disk_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FREE_SHARE", 1.1)
    assert client.get("/readyz").content == b"degraded: disk\n"
