"""Where things are and how the service runs: read once at start, typed and checked.

From the command line, else the environment (`FLEETMON_…`, parts joined by two underscores), else
`fleetmon.toml` in the config folder, else `fleetmon.toml` in the home.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from monitor.errors import WrongUse
from monitor.model import Text

_Count = Annotated[int, Field(ge=1)]
_Days = Annotated[int, Field(ge=1)]
BilingualName = tuple[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MailSettings(_Part):
    """How letters leave: into a folder, or to a mail server."""

    transport: Literal["folder", "smtp"] = "folder"
    folder: Path | None = Field(default=None, description="where letters go; None: sent/ at home")
    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: Path | None = Field(default=None, description="the bureau's own certificate authority")
    user: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    timeout_seconds: Annotated[float, Field(gt=0)] = 30
    letters_per_minute: _Count = 60
    most_per_recipient_per_day: _Count = 20
    tries: _Count = 8
    first_pause_minutes: Annotated[float, Field(gt=0)] = 5
    pause_factor: Annotated[float, Field(ge=1)] = 2
    when_in_doubt: Literal["send", "ask"] = "send"
    addresses: Path | None = Field(default=None, description="file of addresses, outside the tree")


class ServiceSettings(_Part):
    """The one process that runs the schedules."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    tick_seconds: Annotated[float, Field(gt=0)] = 20
    quiet_seconds: Annotated[float, Field(ge=0)] = Field(
        default=30, description="how long a file in the inbox must stay as it is"
    )
    token: SecretStr | None = Field(default=None, description="for the API of this version")


class SiteSettings(_Part):
    """The pages and the API: their address, who signs twice, and the limits of uploads."""

    address: str | None = Field(
        default=None, description="what people type, with https; None: the address served at"
    )
    certificate: Path | None = Field(default=None, description="PEM; None: plain http")
    certificate_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    is_public: bool = Field(default=False, description="bulletins for everybody, without sign-in")
    second_person: tuple[str, ...] = Field(
        default=(), description="divisions whose reports a second person signs; `all` for all"
    )
    most_megabytes: _Count = Field(default=200, description="of one request, its files together")
    most_rows: _Count = 2_000_000
    most_files: _Count = 20
    most_waiting: _Count = Field(default=20, description="unchecked uploads of one division")
    check_seconds: _Count = 600
    workers: _Count = 2
    draft_days: _Count = Field(default=30, description="how long what nobody confirmed is shown")
    session_minutes: _Count = Field(default=60, description="without a request")
    session_hours: _Count = Field(default=12, description="at the longest")
    token_days: _Count = Field(default=365, description="at the longest")


class OidcSettings(_Part):
    """Single sign-on by an identity provider of the bureau; off without an issuer."""

    issuer: str | None = None
    client: str = "fleetmon"
    secret: SecretStr | None = None
    name: BilingualName = ("统一身份认证", "Single sign-on")


class RetentionSettings(_Part):
    """What may be removed, and when; nothing unless it is asked for."""

    refused_files_days: _Days | None = None
    rejected_rows_days: _Days | None = None
    sent_letters_days: _Days | None = None
    held_letters_days: _Days | None = None
    backups_kept: _Count | None = None


class BackupSettings(_Part):
    """Where backups go."""

    folder: Path | None = Field(default=None, description="None: backups/ at home")


class ClusterSettings(_Part):
    """What answers the one heavy question: the store itself, or Spark over exported facts."""

    engine: Literal["duckdb", "spark"] = "duckdb"
    url: str | None = Field(default=None, description="Spark Connect, such as sc://host:15002")
    facts: str | None = Field(
        default=None, description="the export as the cluster sees it: a path, s3://…, hdfs://…"
    )


class Settings(BaseSettings):
    """The settings of one process; each may come from `FLEETMON_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="FLEETMON_", env_nested_delimiter="__", extra="ignore", frozen=True
    )

    home: Path | None = Field(default=None, description="folder of everything kept at run time")
    config: Path | None = Field(default=None, description="folder laid over the project's files")
    language: Literal["zh", "en"] = "zh"
    mail: MailSettings = MailSettings()
    service: ServiceSettings = ServiceSettings()
    site: SiteSettings = SiteSettings()
    oidc: OidcSettings = OidcSettings()
    retention: RetentionSettings = RetentionSettings()
    backup: BackupSettings = BackupSettings()
    cluster: ClusterSettings = ClusterSettings()


class _FileSettings(_Part):
    """What `fleetmon.toml` may hold; a misspelt name is refused."""

    language: Literal["zh", "en"] = "zh"
    mail: MailSettings = MailSettings()
    service: ServiceSettings = ServiceSettings()
    site: SiteSettings = SiteSettings()
    oidc: OidcSettings = OidcSettings()
    retention: RetentionSettings = RetentionSettings()
    backup: BackupSettings = BackupSettings()
    cluster: ClusterSettings = ClusterSettings()


FILE_NAME = "fleetmon.toml"


def load_settings(*folders: Path | None) -> Settings:
    """Settings from the environment over the first `fleetmon.toml` that these folders hold.

    Raises `WrongUse` with the name of what is wrong, never its value: it may be a secret.
    """
    file = next(
        (folder / FILE_NAME for folder in folders if folder and (folder / FILE_NAME).is_file()),
        None,
    )

    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del dotenv_settings, file_secret_settings
            toml = TomlConfigSettingsSource(settings_cls, toml_file=file)
            return init_settings, env_settings, toml

    try:
        if file is not None:
            _FileSettings.model_validate(TomlConfigSettingsSource(Settings, toml_file=file)())
        return Layered()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise _wrong(file, f"{where}: {first['msg']}") from None
    except ValueError as error:  # the TOML cannot be read
        raise _wrong(file, str(error)) from None


def _wrong(file: Path | None, reason: str) -> WrongUse:
    place = file or "FLEETMON_…"
    return WrongUse(
        Text(
            f"设置有误（{place}）：{reason}。请改正后再试；各项设置见 docs/operations.md。",
            f"The settings are wrong ({place}): {reason}. Mend them; docs/operations.md has all.",
        )
    )
