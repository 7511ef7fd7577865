"""Where things are: read once at start from the command line and the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings of one command; each may come from `FLEETMON_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="FLEETMON_", extra="ignore", frozen=True)

    home: Path | None = Field(default=None, description="folder of everything kept at run time")
    config: Path | None = Field(default=None, description="folder laid over the project's files")
    language: Literal["zh", "en"] = "zh"
