"""Schedules and deployments: what runs unattended, and when."""

from __future__ import annotations

import datetime as dt
import logging

from prefect import flow
from prefect import serve as prefect_serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from flows.commands.console import say
from flows.digest import digest
from flows.housekeeping import tidy
from flows.model import JST
from flows.monitor import monitor, task_runner
from flows.settings import load_settings

EVERY_HOUR = Cron("0 * * * *", timezone="Asia/Tokyo")
MONDAYS = Cron("0 7 * * 1", timezone="Asia/Tokyo")


@flow(name="hourly", timeout_seconds=3600)
def hourly() -> str:
    """The monitoring pass of this hour."""
    settings, now = load_settings(), dt.datetime.now(JST).replace(microsecond=0)
    report = monitor.with_options(task_runner=task_runner(settings))(now)
    removed = tidy(settings, now)
    if removed is not None:
        logging.getLogger(__name__).warning("%s", removed)
    return report.run_id


@flow(name="weekly", timeout_seconds=3600)
def weekly() -> str:
    """The digest of the week that has ended; who did not get it stands in the service's log."""
    report = digest(None, dt.datetime.now(JST).replace(microsecond=0), say=say)
    for delivery in report.deliveries:
        if delivery.status != "sent":
            say(f"{report.week}: {delivery.status} for {delivery.recipient}: {delivery.error}")
    return report.week


def serve() -> None:
    """Registers both deployments and runs them until stopped: one monitor at a time, a later one is cancelled."""
    one = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    deployments = [
        hourly.to_deployment("monitor", schedule=EVERY_HOUR, concurrency_limit=one),
        weekly.to_deployment("digest", schedule=MONDAYS, concurrency_limit=one),
    ]
    prefect_serve(*[d for d in deployments if isinstance(d, RunnerDeployment)])
