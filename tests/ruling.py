"""Rules that are asked of a server that keeps state as GitHub does."""

from tests.github_api import REPOSITORY, TOKEN, GitHub

from cicd.config.rules import Rules
from cicd.github.rules.plan import Step, plan_steps
from cicd.github.rules.remote import carry_out, read_settings
from cicd.github.rules.wanted import plan_wanted
from cicd.github.rules.wire import Wire
from cicd.model import Secret
from cicd.system.http import Patience

MAIN, TAGS = "cicd: main", "cicd: protected tags"
ALL = Rules(merge_queue=True, checks=("ci / ok", "lint"))


def opened(github: GitHub, token: str = TOKEN) -> Wire:
    patience = Patience(wait=lambda seconds: None)
    return Wire(github.address, Secret(token), origin="env:GITHUB_TOKEN", patience=patience)


def steps(github: GitHub, *rules: Rules) -> tuple[Step, ...]:
    wire = opened(github)
    found = read_settings(wire, REPOSITORY)
    wire.close()
    return plan_steps(REPOSITORY, plan_wanted(rules, github.address), found)


def apply(github: GitHub, *rules: Rules) -> None:
    wire = opened(github)
    done = carry_out(wire, steps(github, *rules))
    wire.close()
    assert all(one.tried and not one.error for one in done), done


def told(github: GitHub, *rules: Rules) -> list[str]:
    return [f"{one.title}, {change}" for one in steps(github, *rules) for change in one.changes]
