"""The files that others call: what they promise, each promise shown red on a changed copy."""

import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from itertools import product

import pytest
from tests.conftest import ROOT

from cicd.github.workflow import safety
from cicd.github.workflow.called import OURS, read_called
from cicd.github.workflow.document import Workflow, jobs, read_workflow, steps
from cicd.model import Failure

FILES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        ".github/workflows/ci.yml",
        ".github/workflows/push.yml",
        ".github/workflows/main.yml",
        "action.yml",
    )
}
CI, PUSH, MAIN, ACTION = FILES
VERDICTS = "${{ env.VERDICTS }}"


def check_comments(workflow: Workflow) -> Iterable[Failure]:
    """A full commit says nothing to people: its version stands beside it."""
    for number, line in enumerate(FILES.get(workflow.path, "").splitlines(), 1):
        if re.search(r"uses: [^.$]", line) and not re.search(r" # v\d+\.\d+\.\d+$", line):
            yield Failure(title="a pin without its version", path=workflow.path, line=number)


def check_concurrency(workflow: Workflow) -> Iterable[Failure]:
    said = workflow.mapping("concurrency")
    callable_ = "workflow_call" in workflow.mapping("on")
    if callable_ and not {"group", "cancel-in-progress"} <= set(said):
        yield workflow.failure("no concurrency", fix="")


CHECKS: list[Callable[[Workflow], Iterable[Failure]]] = [
    safety.check_pins,
    safety.check_owners,
    safety.check_expressions,
    safety.check_credentials,
    safety.check_timeouts,
    safety.check_permissions,
    check_comments,
    check_concurrency,
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_our_files_keep_every_promise(
    check: Callable[[Workflow], Iterable[Failure]], name: str
) -> None:
    assert list(check(read_workflow(name, FILES[name]))) == []


PINNED = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd"


@pytest.mark.parametrize(
    ("check", "old", "new", "line_of"),
    [
        (safety.check_pins, PINNED, "actions/checkout@v6", "actions/checkout@v6"),
        (safety.check_pins, PINNED, "actions/checkout@de0fac2", "actions/checkout@de0fac2"),
        (safety.check_owners, PINNED, f"astral-sh/{PINNED[8:]}", "astral-sh/"),
        (safety.check_expressions, "pip install $INSTALL", "pip install ${{ inputs.install }}", ""),
        (
            safety.check_credentials,
            "persist-credentials: false",
            "persist-credentials: true",
            PINNED,
        ),
        (safety.check_credentials, "persist-credentials: false", "fetch-depth: 0", PINNED),
        (safety.check_timeouts, "    timeout-minutes: 10\n", "", "  plan:"),
        (
            safety.check_timeouts,
            "    timeout-minutes: ${{ inputs.timeout-minutes }}\n",
            "",
            "  session:",
        ),
        (check_concurrency, "concurrency:", "ignored:", "name: ci"),
    ],
)
def test_a_changed_copy_is_red_at_its_line(
    check: Callable[[Workflow], Iterable[Failure]], old: str, new: str, line_of: str
) -> None:
    text = FILES[CI].replace(old, new, 1)
    assert text != FILES[CI]
    found, *_ = check(read_workflow(CI, text))
    assert found.path == CI and found.line
    assert (line_of or new) in text.splitlines()[found.line - 1] or line_of == "name: ci"


def test_a_job_without_permissions_is_red() -> None:
    text = re.sub(r"^( *)permissions:.*\n(\1  .*\n)*", "", FILES[CI], flags=re.M)
    titles = [one.title for one in safety.check_permissions(read_workflow(CI, text))]
    assert titles == [f"job {name} has no permissions" for name in ("plan", "session", "ok")]


def test_a_pin_without_its_version_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, CI, FILES[CI].replace(" # v6.0.2", "", 1))
    assert len(list(check_comments(read_workflow(CI, FILES[CI])))) == 1


@pytest.mark.parametrize("name", [CI, PUSH, ACTION])
def test_the_package_knows_what_the_files_ask(name: str) -> None:
    """The package does not hold the files; its checks go by this."""
    assert read_called(read_workflow(name, FILES[name])) == OURS[name.rpartition("/")[2]]


def test_the_jobs_prepare_in_the_same_way() -> None:
    """Spelled out in each job, since not every runner knows `$/`: they must not drift apart."""
    seen: dict[str, set[str]] = {}
    for name, text in FILES.items():
        for _, step in steps(read_workflow(name, text)):
            what = re.sub(r"@.*", "", step.get("uses", "")) or step.get("name", "")
            if what in ("actions/checkout", "actions/setup-python", "Install nox"):
                kept = {key: step[key] for key in step if key not in ("if", "shell")}
                seen.setdefault(what, set()).add(repr(kept))
    assert {what: len(forms) for what, forms in seen.items()} == {
        "actions/checkout": 1,
        "actions/setup-python": 1,
        "Install nox": 1,
    }


def test_no_yaml_checks_or_builds_anything_itself() -> None:
    """Every command installs nox, starts it, or (in `ok`) looks at the results of jobs."""
    for name, text in FILES.items():
        for keys, step in steps(read_workflow(name, text)):
            if "run" in step and step.get("name") != GATE:
                said = re.sub(r"(#.*|set -o noglob|set -- \$SESSIONS)\n", "", step["run"]).strip()
                assert re.fullmatch(
                    r"exec nox -s ([\w$]+( -- \"\$JOBS\")?|\"\$\{@:\?[\w ]+\}\")"
                    r"|python3 -m pip install \$INSTALL",
                    said,
                ), (name, keys)


def test_only_a_push_writes_a_cache_and_what_all_read_only_one_to_the_default_branch() -> None:
    """A pull request's code must not leave anything for a later run of the branch. GitHub shows
    what a branch keeps to that branch alone: there verdicts may be kept."""
    push = "github.event_name == 'push'"
    default = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    for name, text in FILES.items():
        for _, step in steps(read_workflow(name, text)):
            uses = str(step.get("uses"))
            assert not uses.startswith("actions/cache@"), "it reads and writes"
            assert "cache" not in step.get("with", {}), "setup-python's own cache writes too"
            if uses.startswith("actions/cache/save@"):
                conditions = step["if"].strip("${} ").split(" && ")
                verdicts = step["with"]["path"] == VERDICTS
                wanted = {push} if verdicts else {push, default}
                assert wanted <= set(conditions) and "||" not in step["if"]


def test_a_pull_request_reads_verdicts_and_a_scheduled_run_judges_all_anew() -> None:
    workflow = read_workflow(CI, FILES[CI])
    (restore,) = [
        step
        for _, step in steps(workflow)
        if str(step.get("uses")).startswith("actions/cache/restore@")
        and step["with"]["path"] == VERDICTS
    ]
    assert restore["if"] == "${{ inputs.reuse && github.event_name != 'schedule' }}"
    (mode,) = [
        step["env"]["CICD_CACHE"]
        for _, step in steps(workflow)
        if "CICD_CACHE" in step.get("env", {})
    ]
    assert mode == (
        "${{ (!inputs.reuse || github.event_name == 'schedule') && 'off'"
        " || github.event_name == 'push' && 'write' || 'read' }}"
    )


def test_the_history_of_a_red_run_is_kept_though_no_verdict_is_new() -> None:
    (save,) = [
        step
        for _, step in steps(read_workflow(CI, FILES[CI]))
        if str(step.get("uses")).startswith("actions/cache/save@")
        and step["with"]["path"] == VERDICTS
    ]
    both = "hashFiles('.cicd/verdicts/**', '.cicd/flaky/**')"
    assert save["with"]["key"].endswith(f"-${{{{ {both} }}}}")
    assert f"{both} != ''" in save["if"] and "!cancelled()" in save["if"]


def test_what_is_published_was_judged_in_the_run_that_publishes_it() -> None:
    assert "verdicts" not in FILES[PUSH]


def test_only_downloads_verdicts_and_the_numbers_to_compare_with_are_kept() -> None:
    workflow = read_workflow(CI, FILES[CI])
    paths = {
        step["with"]["path"]
        for _, step in steps(workflow)
        if str(step.get("uses")).startswith("actions/cache/")
    }
    assert paths == {"${{ env.DOWNLOADS }}", ".cicd/baseline.json", VERDICTS}
    assert workflow.mapping("env")["VERDICTS"].split() == [".cicd/verdicts", ".cicd/flaky"]
    kept = workflow.mapping("env")["DOWNLOADS"].split()
    assert all(path.startswith(("~/.cache/", "~/.npm")) for path in kept)
    assert "~/.cache/cicd" not in kept, "prepared data folders are no download"


def test_tests_see_no_secret_when_images_are_published() -> None:
    seeing = [
        step.get("id")
        for _, step in steps(read_workflow(PUSH, FILES[PUSH]))
        if "secrets." in repr(step) or "github.token" in repr(step)
    ]
    assert seeing == ["push"]
    assert "secrets." not in FILES[CI] and "github.token" not in FILES[CI]


def test_every_upload_is_red_when_it_finds_nothing() -> None:
    uploads = [
        step["with"]
        for name, text in FILES.items()
        for _, step in steps(read_workflow(name, text))
        if str(step.get("uses")).startswith("actions/upload-artifact@")
    ]
    assert len(uploads) == 4
    assert {each["if-no-files-found"] for each in uploads} == {"error"}


def test_the_joined_records_are_kept_and_never_fetched_as_those_of_a_job() -> None:
    ok = read_workflow(CI, FILES[CI]).mapping("jobs", "ok")["steps"]
    (upload,) = [step for step in ok if "upload-artifact" in step.get("uses", "")]
    (download,) = [step for step in ok if "download-artifact" in step.get("uses", "")]
    assert upload["if"] == "${{ always() && inputs.fan-out }}"
    assert upload["with"]["path"] == ".cicd/artifact"
    assert not fnmatch(upload["with"]["name"], download["with"]["pattern"])


GATE = "Every job that had to run is green"
RESULTS = ("success", "failure", "cancelled", "skipped", "")


def run_gate(text: str, *, fan_out: str, results: Mapping[str, str]) -> int:
    """The very block, in the runner's shell, with the values the runner would put in."""
    workflow = read_workflow(CI, text)
    (step,) = [step for _, step in steps(workflow) if step.get("name") == GATE]
    values = {"inputs.fan-out": fan_out}
    values |= {f"needs.{job}.result": result for job, result in results.items()}
    env = {name: values[said.strip("${} ")] for name, said in step["env"].items()}
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(shell, env={"PATH": "/usr/bin:/bin", **env}, stdout=-3).returncode


def test_ok_is_green_for_all_green_and_red_for_every_other_combination() -> None:
    green = [
        (fan_out, plan, session)
        for fan_out, plan, session in product(("true", "false"), RESULTS, RESULTS)
        if not run_gate(FILES[CI], fan_out=fan_out, results={"plan": plan, "session": session})
    ]
    assert green == [("true", "success", "success"), ("false", "skipped", "success")]


def test_ok_waits_for_every_job_and_runs_whatever_became_of_them() -> None:
    workflow = read_workflow(CI, FILES[CI])
    ok = workflow.mapping("jobs", "ok")
    assert set(ok["needs"]) == {name for name, _ in jobs(workflow)} - {"ok"}
    assert ok["if"] == "always()"
    assert not any("continue-on-error" in step for _, step in steps(workflow))
    assert not any("continue-on-error" in job for _, job in jobs(workflow))
    first = next(step for keys, step in steps(workflow) if keys[:2] == ("jobs", "ok"))
    assert first["name"] == GATE and "if" not in first
