"""From a bulletin to those who receive it: once each, put right where it was not yet sent."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from journey.answers import Fleetmon
from journey.sent_files import bus, plain_csv

CITY = ("--division", "360100")
JUDGED = ("--as-of", "2018-12-31")
DIGEST = """
sender: {name: {zh: 监测, en: Monitoring}, address: monitor@bureau.example}
roles:
  bureau: {receives: [bulletin], forms: [pdf], digest: false, languages: [zh]}
  director: {receives: [bulletin], forms: [], digest: true, languages: [en]}
everyone:
  divisions:
    - {role: bureau, name: {zh: "{name}", en: "{name}"}, address: "{division}@city.example"}
  provinces:
    - {role: director, name: {zh: "{name}", en: "{name}"}, address: head@province.example}
  unknown_sender: []
operators: []
"""


def more(fleetmon: Fleetmon, tmp_path: Path, number: int) -> None:
    file = plain_csv(tmp_path / f"补报-{number}.csv", [bus(500 + number)])
    when = f"2019-02-{number:02}T09:00+08:00"
    assert fleetmon("ingest", file, *CITY, "--received-at", when).code == 0


def made(fleetmon: Fleetmon, *words: str) -> list[dict[str, Any]]:
    answer = fleetmon("bulletin", *JUDGED, *words, "--json")
    assert answer.code == 0, answer.err
    bulletins: list[dict[str, Any]] = answer.document["bulletins"]
    return bulletins


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def letters(folder: Path) -> list[EmailMessage]:
    return [read(path) for path in sorted(folder.glob("*.eml"))]


def test_what_was_replaced_before_it_went_out_is_never_sent(
    city: Fleetmon, home: Path, tmp_path: Path
) -> None:
    (first,) = made(city, *CITY)
    more(city, tmp_path, 1)
    (second,) = made(city, *CITY)
    assert first["letter"] != second["letter"]
    assert city("send").code == 0
    assert [path.name for path in (home / "sent").glob("*.eml")] == [Path(second["letter"]).name]
    assert city("send").code == 0
    assert len(letters(home / "sent")) == 1


def test_the_same_again_is_not_sent_again(city: Fleetmon, home: Path) -> None:
    made(city, *CITY)
    city("send")
    (again,) = made(city, *CITY)
    assert Path(again["letter"]).parent == home / "sent"
    city("send")
    assert len(letters(home / "sent")) == 1
    assert not letters(home / "outbox")


def test_a_later_content_of_what_was_sent_says_that_it_replaces_it(
    city: Fleetmon, home: Path, tmp_path: Path
) -> None:
    (first,) = made(city, *CITY)
    city("send")
    before = read(home / "sent" / Path(first["letter"]).name)
    more(city, tmp_path, 1)
    (second,) = made(city, *CITY)
    revised = read(Path(second["letter"]))
    assert revised["Subject"].startswith("【修订】")
    assert revised["In-Reply-To"] == before["Message-ID"]


def test_a_letter_that_was_lost_before_it_went_out_is_laid_down_again(
    city: Fleetmon, home: Path
) -> None:
    (first,) = made(city, *CITY)
    Path(first["letter"]).unlink()
    assert city("send").code == 1
    made(city, *CITY)
    assert city("send").code == 0
    assert len(letters(home / "sent")) == 1


def test_a_digest_says_all_bulletins_of_a_run_in_one_letter(
    city: Fleetmon, home: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    (config / "data").mkdir(parents=True)
    (config / "data" / "recipients.yml").write_text(DIGEST, "utf-8")
    words = ("--division", "360200", "--both", "--config", str(config))
    made(city, *CITY, *words)
    assert city("send", "--config", str(config)).code == 0
    found = letters(home / "sent")
    to = sorted(str(one["To"].addresses[0].addr_spec) for one in found)
    assert to == [
        *["360100@city.example"] * 2,
        *["360200@city.example"] * 2,
        *["head@province.example"] * 2,
    ]
    digests = [one for one in found if "head@" in str(one["To"])]
    texts = [one.get_body(("plain",)) for one in digests]
    assert all(text is not None for text in texts)
    english = next(
        text.get_content() for text in texts if text and "Nanchang" in text.get_content()
    )
    assert "Jingdezhen" in english


def test_letters_of_a_partly_written_run_are_swept(city: Fleetmon, home: Path) -> None:
    (home / "outbox" / "2018-12-31_360100_zh_0123456789ab.eml").write_bytes(b"cut off")
    made(city, *CITY)
    assert len(list((home / "outbox").iterdir())) == 1
