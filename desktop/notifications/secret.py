"""The mail password: kept by the operating system's keyring, never in the company."""

from __future__ import annotations

import os
from typing import Final

from models.errors import BackdeskError

VARIABLE: Final = "BACKDESK_SMTP_PASSWORD"
"""Gives the password where there is no keyring, e.g. to a service."""

_SERVICE: Final = "Backdesk e-mail"


class SecretError(BackdeskError):
    """The keyring cannot be used."""

    code = "Keyring"


def password_of(login: str, host: str) -> str:
    """The password of a login; empty when none is kept.

    Raises:
        SecretError: there is no keyring, and no password in the environment.
    """
    given = os.environ.get(VARIABLE)
    if given is not None:
        return given
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, f"{login}@{host}") or ""
    except KeyringError as error:
        raise _unusable(error) from error


def keep_password(login: str, host: str, password: str) -> None:
    """Keep the password of a login, replacing the one before.

    Raises:
        SecretError: there is no keyring.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, f"{login}@{host}", password)
    except KeyringError as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> SecretError:
    return SecretError(
        f"The keyring of this computer cannot be used: {error}.".replace("..", "."),
        f"Unlock or install one, or give the password in the environment variable {VARIABLE}.",
    )
