"""`serve`: the service in the foreground, for systemd, a container or a terminal."""

from __future__ import annotations

from functools import partial

import click

from monitor.cli.session import Session


@click.command()
@click.option("--host", help="监听地址（默认 127.0.0.1）/ address to listen on")
@click.option("--port", type=click.IntRange(0, 65535), help="端口（默认 8000）/ port")
@click.pass_obj
def serve(session: Session, /, *, host: str | None, port: int | None) -> None:
    """运行服务：报送网站与接口、定时任务、投递文件夹 / site, API, schedules, drop folder."""
    from monitor.service.log import set_up_log  # noqa: PLC0415  # heavy
    from monitor.service.serve import serve as run_service  # noqa: PLC0415  # heavy
    from monitor.site.opening import open_front  # noqa: PLC0415  # heavy

    place = session.workplace
    place.actor = "service"
    place.tell = set_up_log()
    place.waiting = lambda words: place.tell("waiting", reason=words.en)
    settings = session.settings.service

    def ready(address: str) -> None:
        click.echo(session.say(f"服务已启动：{address}", f"Serving at {address}"), err=True)

    run_service(
        place,
        open_front=partial(
            open_front,
            place,
            host=host or settings.host,
            port=settings.port if port is None else port,
            say=lambda words: click.echo(words.to(session.language), err=True),
        ),
        ready=ready,
    )
