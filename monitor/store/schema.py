"""The tables of the store. No secondary index: 1.5.x damages them in a crash (issue 23788)."""

from __future__ import annotations

SCHEMA_VERSION = 5

# A vehicle's row is known by (submission, line); rows are never changed or deleted, only ended:
# `ending` says from which moment of knowledge a row is no longer the current one, and why.
_FIRST_TABLES = """
CREATE TABLE meta (schema_version INTEGER NOT NULL);
CREATE TABLE submission (
    seq INTEGER PRIMARY KEY, id VARCHAR NOT NULL UNIQUE, sha256 VARCHAR, file_name VARCHAR,
    kind VARCHAR NOT NULL, division VARCHAR, period_start DATE, period_end DATE,
    period_declared BOOLEAN NOT NULL, received_at TIMESTAMP NOT NULL,
    recorded_at TIMESTAMP NOT NULL, status VARCHAR NOT NULL, mode VARCHAR NOT NULL,
    rows_read UINTEGER NOT NULL, rows_accepted UINTEGER NOT NULL,
    rows_rejected UINTEGER NOT NULL, rows_ignored UINTEGER NOT NULL,
    errors UINTEGER NOT NULL, warnings UINTEGER NOT NULL,
    added UINTEGER NOT NULL, corrected UINTEGER NOT NULL, unchanged UINTEGER NOT NULL,
    withdrawn UINTEGER NOT NULL, receipt VARCHAR NOT NULL, ruleset VARCHAR NOT NULL,
    version VARCHAR NOT NULL, column_map VARCHAR, reason VARCHAR,
    headers VARCHAR, asked VARCHAR NOT NULL);
CREATE TABLE reception (
    sha256 VARCHAR, file_name VARCHAR, received_at TIMESTAMP NOT NULL,
    recorded_at TIMESTAMP NOT NULL, submission INTEGER NOT NULL, outcome VARCHAR NOT NULL);
CREATE TABLE part (
    submission INTEGER PRIMARY KEY, kind VARCHAR NOT NULL, file_name VARCHAR NOT NULL,
    rows UBIGINT NOT NULL);
CREATE TABLE withdrawal (
    submission INTEGER NOT NULL, kind VARCHAR NOT NULL, division VARCHAR NOT NULL,
    vin VARCHAR NOT NULL);
CREATE TABLE facet (
    id INTEGER PRIMARY KEY, division VARCHAR, county VARCHAR, category VARCHAR,
    category_basis VARCHAR, use VARCHAR, energy VARCHAR, owner_kind VARCHAR, area VARCHAR,
    reason VARCHAR, exemption VARCHAR, business VARCHAR, vehicle_class VARCHAR,
    is_addition BOOLEAN, is_deregistration BOOLEAN);
CREATE TABLE ending (
    submission INTEGER NOT NULL, line UINTEGER NOT NULL, ended_at TIMESTAMP NOT NULL,
    by_submission INTEGER NOT NULL, reason VARCHAR NOT NULL);
CREATE TABLE retirement (
    submission INTEGER NOT NULL, line UINTEGER NOT NULL,
    by_submission INTEGER NOT NULL, by_line UINTEGER NOT NULL, retired_on DATE NOT NULL,
    is_own BOOLEAN NOT NULL);
CREATE TABLE claim (
    vin VARCHAR NOT NULL, submission INTEGER NOT NULL, line UINTEGER NOT NULL,
    division VARCHAR NOT NULL, registered_on DATE NOT NULL, is_addition BOOLEAN NOT NULL,
    is_deregistration BOOLEAN NOT NULL,
    PRIMARY KEY (submission, line));
CREATE TABLE coverage (
    submission INTEGER NOT NULL, kind VARCHAR NOT NULL, division VARCHAR NOT NULL,
    start_on DATE NOT NULL, end_on DATE NOT NULL);
CREATE TABLE finding (
    submission INTEGER NOT NULL, place INTEGER NOT NULL, code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL, line UINTEGER, column_name VARCHAR, value VARCHAR,
    zh VARCHAR NOT NULL, en VARCHAR NOT NULL);
CREATE TABLE tally (
    submission INTEGER NOT NULL, code VARCHAR NOT NULL, severity VARCHAR NOT NULL,
    rows UINTEGER NOT NULL, PRIMARY KEY (submission, code));
CREATE TABLE interpretation (
    submission INTEGER NOT NULL, place INTEGER NOT NULL, code VARCHAR NOT NULL,
    column_name VARCHAR, zh VARCHAR NOT NULL, en VARCHAR NOT NULL, count UINTEGER NOT NULL,
    line UINTEGER);
CREATE TABLE run (
    id INTEGER PRIMARY KEY, kind VARCHAR NOT NULL, submission INTEGER, as_of DATE,
    known_at TIMESTAMP, history INTEGER NOT NULL, ruleset VARCHAR NOT NULL,
    version VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL);
CREATE TABLE check_result (
    run INTEGER NOT NULL, suite VARCHAR NOT NULL, code VARCHAR NOT NULL,
    success BOOLEAN NOT NULL, observed VARCHAR NOT NULL);
CREATE TABLE assessment (
    run INTEGER NOT NULL, place INTEGER NOT NULL, mandate VARCHAR NOT NULL,
    division VARCHAR NOT NULL, period VARCHAR NOT NULL, content VARCHAR NOT NULL);
CREATE TABLE bulletin (
    run INTEGER NOT NULL, division VARCHAR NOT NULL, language VARCHAR NOT NULL,
    issue_number INTEGER NOT NULL, as_of DATE NOT NULL, file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL);
"""

_SECOND_TABLES = """
CREATE TABLE correction (
    submission INTEGER NOT NULL, language VARCHAR NOT NULL, file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL);
CREATE TABLE ruleset (
    hash VARCHAR PRIMARY KEY, seen_at TIMESTAMP NOT NULL, accepted_at TIMESTAMP,
    accepted_by VARCHAR, note VARCHAR);
CREATE TABLE hold (
    run INTEGER NOT NULL, division VARCHAR NOT NULL, zh VARCHAR NOT NULL, en VARCHAR NOT NULL);
"""

# The service's own: what was run, what was sent, what was told, who did what.
_THIRD_TABLES = """
CREATE TABLE job_seen (job VARCHAR PRIMARY KEY, since TIMESTAMP NOT NULL);
CREATE TABLE job_attempt (
    job VARCHAR NOT NULL, period VARCHAR NOT NULL, as_of DATE NOT NULL,
    attempt INTEGER NOT NULL, asked_by VARCHAR NOT NULL, owner VARCHAR NOT NULL,
    due_at TIMESTAMP, is_late BOOLEAN NOT NULL, started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP, outcome VARCHAR NOT NULL, next_try_at TIMESTAMP,
    ruleset VARCHAR NOT NULL, version VARCHAR NOT NULL, counts VARCHAR, zh VARCHAR, en VARCHAR,
    PRIMARY KEY (job, period, as_of, attempt));
CREATE TABLE delivery (
    id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, about VARCHAR NOT NULL,
    division VARCHAR, role VARCHAR NOT NULL, recipient VARCHAR, language VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, message_id VARCHAR NOT NULL,
    run INTEGER, made_at TIMESTAMP NOT NULL, state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL, next_try_at TIMESTAMP, settled_at TIMESTAMP,
    doubles INTEGER NOT NULL);
CREATE TABLE delivery_event (
    delivery VARCHAR NOT NULL, attempt INTEGER NOT NULL, "at" TIMESTAMP NOT NULL,
    event VARCHAR NOT NULL, code INTEGER, detail VARCHAR,
    PRIMARY KEY (delivery, attempt, event));
CREATE TABLE mail_hold (
    id INTEGER PRIMARY KEY, held_at TIMESTAMP NOT NULL, held_by VARCHAR NOT NULL,
    reason VARCHAR, released_at TIMESTAMP, released_by VARCHAR);
CREATE TABLE notice (
    key VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, division VARCHAR, role VARCHAR NOT NULL,
    recipient VARCHAR, about VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL,
    zh VARCHAR NOT NULL, en VARCHAR NOT NULL, delivery VARCHAR);
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, "at" TIMESTAMP NOT NULL, actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL, object VARCHAR NOT NULL, outcome VARCHAR NOT NULL,
    detail VARCHAR NOT NULL, previous VARCHAR NOT NULL, hash VARCHAR NOT NULL);
CREATE TABLE removal (
    kind VARCHAR NOT NULL, name VARCHAR NOT NULL, rule VARCHAR NOT NULL,
    removed_at TIMESTAMP NOT NULL);
"""

# What people say of what came in: who confirmed it, why a warning stands, which exemption holds.
# Said once and never changed: a later decision stands beside the earlier one.
_FOURTH_TABLES = """
CREATE TABLE confirmation (
    draft VARCHAR PRIMARY KEY, submission INTEGER NOT NULL, made_by VARCHAR NOT NULL,
    confirmed_by VARCHAR NOT NULL, signed_by VARCHAR, corrects VARCHAR, reason VARCHAR);
CREATE TABLE explanation (
    submission INTEGER NOT NULL, code VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    words VARCHAR NOT NULL, until DATE, made_by VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL,
    PRIMARY KEY (submission, code));
CREATE TABLE evidence (
    id VARCHAR PRIMARY KEY, division VARCHAR NOT NULL, exemption VARCHAR NOT NULL,
    vins VARCHAR[] NOT NULL, sha256 VARCHAR, file_name VARCHAR, words VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL);
CREATE TABLE exemption_decision (
    seq INTEGER PRIMARY KEY, division VARCHAR NOT NULL, vin VARCHAR NOT NULL,
    exemption VARCHAR NOT NULL, decision VARCHAR NOT NULL, until DATE, reason VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL);
CREATE TABLE door_fold (act INTEGER NOT NULL);
"""
# What is to be done, and what became of it: an item as it was entered, and one line for each thing
# that happened to it, `added` the first.
_FIFTH_TABLES = """
CREATE TABLE follow_up (
    id VARCHAR PRIMARY KEY, place VARCHAR NOT NULL, who VARCHAR NOT NULL,
    is_body BOOLEAN NOT NULL, what VARCHAR NOT NULL, about VARCHAR, division VARCHAR);
CREATE TABLE follow_up_event (
    seq INTEGER PRIMARY KEY, item VARCHAR NOT NULL, event VARCHAR NOT NULL, due_on DATE,
    words VARCHAR, made_by VARCHAR NOT NULL, made_at TIMESTAMP NOT NULL);
"""
TABLES = _FIRST_TABLES + _SECOND_TABLES + _THIRD_TABLES + _FOURTH_TABLES + _FIFTH_TABLES
# What each older version lacks, by its number: carried out in order, it becomes this one. Parts
# are never written anew: a column that an older one lacks reads as null (see knowledge).
MIGRATIONS = {1: _SECOND_TABLES, 2: _THIRD_TABLES, 3: _FOURTH_TABLES, 4: _FIFTH_TABLES}

# What a facet is told by, in the order of its table.
FACET_COLUMNS = (
    "division",
    "county",
    "category",
    "category_basis",
    "use",
    "energy",
    "owner_kind",
    "area",
    "reason",
    "exemption",
    "business",
    "vehicle_class",
    "is_addition",
    "is_deregistration",
)

# The columns of a part, of any age or none: the one question also runs before the first file.
_SHARED = {
    "submission": "INTEGER",
    "line": "UINTEGER",
    "vin": "VARCHAR",
    "key_hash": "UBIGINT",
    "content_hash": "UBIGINT",
    "facet": "INTEGER",
    "model": "VARCHAR",
    "credit_code": "VARCHAR",
}
_VEHICLE_FACTS = {
    "registration": _SHARED
    | {
        "registered_on": "DATE",
        "retired_on": "DATE",
        "range_km": "INTEGER",
        "gross_mass_kg": "INTEGER",
        "fast_charge": "BOOLEAN",
        "owner": "VARCHAR",
    },
    "procurement": _SHARED
    | {
        "signed_on": "DATE",
        "delivery_on": "DATE",
        "quantity": "INTEGER",
        "contract_no": "VARCHAR",
        "buyer": "VARCHAR",
        "vehicle_vin": "VARCHAR",
    },
}
# Rows of declared kinds: their own columns stand in the parts and come by name (see records).
_RECORD_FACTS = _SHARED | {"dated_on": "DATE"}
VEHICLE_KINDS = tuple(_VEHICLE_FACTS)
_DATE_COLUMN = {"registration": "registered_on", "procurement": "signed_on"}


def fact_columns(kind: str) -> dict[str, str]:
    """The columns that every part of a kind has, with their types."""
    return _VEHICLE_FACTS.get(kind, _RECORD_FACTS)


def date_column(kind: str) -> str:
    """The day on which a row of a kind falls."""
    return _DATE_COLUMN.get(kind, "dated_on")
