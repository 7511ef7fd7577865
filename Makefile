# Shorthand for people who have make; nothing needs it, README.md has the commands behind it.
.PHONY: audit check test format golden bench nightly faults pins sbom test-spark

RUN = .venv/bin/python -m

check: test

test:
	python3 bootstrap.py test

format:
	$(RUN) ruff format
	$(RUN) ruff check --fix

# Rewrites the golden files; read the diff before you commit it.
golden:
	python3 bootstrap.py install
	FLEETMON_GOLDEN=rewrite $(RUN) pytest tests

bench:
	python3 bootstrap.py install
	$(RUN) benchmarks

# Needs uv on the PATH.
PINS = uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11
pins:
	$(PINS) requirements.in --output-file requirements.txt
	$(PINS) requirements-test.in --output-file requirements-test.txt
	$(PINS) requirements-spark.in --output-file requirements-spark.txt
	$(PINS) requirements-audit.in --output-file requirements-audit.txt

# The one question asked of Spark Connect: Sail, or the server that FLEETMON_SPARK_URL names.
test-spark:
	python3 bootstrap.py test-spark

# Faults that can be read off the code, what is installed, and the API asked by its description.
audit:
	python3 bootstrap.py audit

# The bill of materials of what runs, in dist/.
sbom:
	python3 bootstrap.py sbom

# Every test with ten times as much drawn at random, and the years that a run before a merge leaves out.
nightly:
	FLEETMON_THOROUGH=10 python3 bootstrap.py test

# The fault campaign with its one table (tests/faults/README.md), within an hour.
faults:
	python3 bootstrap.py install
	.venv/bin/python tests/faults/table.py
