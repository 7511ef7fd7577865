from __future__ import annotations

import pytest

from monitor.bulletins.facts import BulletinFacts
from monitor.policy.policy import Policy

from .examples import example_policy, fujian, nanchang


@pytest.fixture(scope="session")
def policy() -> Policy:
    return example_policy()


@pytest.fixture
def city(policy: Policy) -> BulletinFacts:
    return nanchang(policy)


@pytest.fixture
def province(policy: Policy) -> BulletinFacts:
    return fujian(policy)
