"""What the user configures, from the environment (``KAWARABAN_…``) and its defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from flows import VERSION
from flows.capture.config import user_agent
from flows.model import KawarabanError
from seeds.loader import BUNDLED


class SettingsError(KawarabanError):
    """A setting is wrong; the message names the variable and what it may be."""


class Settings(BaseSettings):
    """Everything that can be set. Each field is the environment variable ``KAWARABAN_`` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="KAWARABAN_", extra="ignore", frozen=True)

    data: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("kawaraban", appauthor=False)))
    """The data folder: warehouse, archive (``warc/``), digests."""
    warehouse: Path | None = None
    """The DuckDB file; ``kawaraban.duckdb`` in the data folder by default."""
    seeds: Path = BUNDLED
    """The folder with topics, attributes, entities, feeds and claims."""
    digests: Path | None = None
    """Where digests are written; ``digests/`` in the data folder by default."""

    lang: Literal["ja", "en"] = "ja"
    """The language of digests: labels and values; sentences stay as they were written."""
    contact: str = Field(default="", pattern=r"^[ -~]*$")
    """An address or page that the User-Agent names, so that publishers can reach whoever runs this."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds that one request may take in all."""
    max_bytes: int = Field(default=10_000_000, gt=0)
    """The largest body that is read, after decompression."""
    per_host: int = Field(default=2, ge=1, le=8)
    """Requests under way at once to one host."""
    pause: float = Field(default=0.3, ge=0)
    """Seconds between the starts of two requests to one host."""
    keep_days: int | None = Field(default=None, ge=1)
    """Days for which pages are kept in the archive; for ever by default."""
    keep_pages: Literal["current", "relevant", "none"] = "current"
    """Whose pages are kept beyond that: those of all current revisions, of relevant articles' alone, or of none."""
    allow_private: bool = False
    """Whether addresses of private networks may be fetched (for sources inside the house)."""
    max_pages: int = Field(default=1000, ge=1)
    """Pages fetched in one run at most; the rest waits for the next."""
    max_visits: int = Field(default=500, ge=0)
    """Known articles visited again in one run at most."""
    max_hidden: int = Field(default=50, ge=0)
    """Links that hide an article's address (Google News) asked for in one run at most."""
    runner: Literal["threads", "dask", "ray"] = "threads"
    """Prefect's task runner; Dask and Ray need the package prefect-dask or prefect-ray beside Kawaraban."""
    workers: int = Field(default=4, ge=1)
    """Tasks under way at once."""

    llm_url: str | None = None
    """An OpenAI-compatible endpoint (``http://localhost:8000/v1``); without it no language model is asked."""
    llm_model: str | None = None
    llm_key: str | None = Field(default=None, repr=False)
    llm_calls: int = Field(default=100, ge=0)
    """Requests to the language model in one run at most."""
    llm_timeout: float = Field(default=60.0, gt=0)
    """Seconds that one request to the language model may take in all."""
    llm_seconds: float = Field(default=900.0, gt=0)
    """Seconds of one run after which the language model is asked no more."""

    smtp_host: str | None = None
    """The mail server; digests are mailed where it and at least one recipient are set."""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: str | None = None
    mail_from: str = "kawaraban@localhost"
    mail_to: Annotated[tuple[str, ...], NoDecode] = ()
    """Recipients, separated by commas."""
    mail_reply_to: str | None = None
    """Where answers go; to the sender by default."""
    mail_unsubscribe: Annotated[tuple[str, ...], NoDecode] = ()
    """``mailto:`` or ``https:`` addresses to leave the list at; a mail to whoever takes answers by default."""
    webhook_url: Annotated[tuple[str, ...], NoDecode] = ()
    """Incoming webhooks of a chat (Slack's JSON), separated by commas."""
    delivery_waits: Annotated[tuple[Annotated[float, Field(ge=0)], ...], NoDecode] = (10.0, 60.0, 300.0)
    """Seconds before each further attempt, where a server says to come again or cannot be reached."""
    site_url: str | None = None
    """Where the folder of digests can be reached, for links in messages and in the feed."""

    @field_validator("mail_to", "mail_unsubscribe", "webhook_url", "delivery_waits", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("llm_url")
    @classmethod
    def _endpoint(cls, value: str | None) -> str | None:
        if value and not (urlsplit(value).scheme in {"http", "https"} and urlsplit(value).hostname):
            raise ValueError("an address such as http://localhost:8000/v1 is expected")
        return value or None

    @property
    def warehouse_path(self) -> Path:
        """The DuckDB file that runs publish and readers read."""
        return self.warehouse or self.data / "kawaraban.duckdb"

    @property
    def digests_path(self) -> Path:
        """The folder into which digests are written."""
        return self.digests or self.data / "digests"

    @property
    def user_agent(self) -> str:
        """How requests introduce themselves."""
        return user_agent(VERSION, self.contact.strip())


def load_settings() -> Settings:
    """The settings of this environment.

    Raises:
        SettingsError: a variable has a value that it cannot have.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "KAWARABAN_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name} is wrong: {first['msg']} (it is {first.get('input')!r})") from error
