"""Every workflow and action here stands before zizmor, schemas and the parser of GitHub."""

import re
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.github.judges import Parser, audit, check_schema
from tests.nox.docs_pages import DOCS, blocks

WORKFLOWS = sorted((ROOT / ".github").rglob("*.y*ml"))
ACTION = ROOT / "action.yml"
STAND_INS = sorted((ROOT / "tests" / "github" / "actions").rglob("action.yml"))
OURS = [*WORKFLOWS, ACTION, *STAND_INS]
PINNED = re.compile(r"@[0-9a-f]{40}\b.*")


@pytest.fixture(scope="session")
def documented(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The workflows that the pages show."""
    folder = tmp_path_factory.mktemp("docs") / ".github" / "workflows"
    folder.mkdir(parents=True)
    for page in sorted(DOCS.rglob("*github*.md")):
        for number, text in enumerate(blocks(page, "yaml")):
            if re.search(r"^jobs:", text, re.M):
                text = text.replace("<commit>", "0" * 40)
                (folder / f"{page.stem}-{number}.yml").write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.fixture(scope="session")
def every(caller: Path, documented: list[Path]) -> list[Path]:
    assert len(WORKFLOWS) >= 3 and documented
    return [*OURS, caller, *documented]


def test_zizmor_finds_nothing(every: list[Path]) -> None:
    assert audit(every) == []


def test_one_finding_is_ignored_and_no_other(every: list[Path]) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in every)
    assert re.findall(r"zizmor: *(.*)", text) == ["ignore[self-repository]"]


def test_no_schema_is_violated(every: list[Path]) -> None:
    assert check_schema(every) == []


def test_the_parser_of_github_finds_nothing(every: list[Path], parser: Parser) -> None:
    assert parser(every) == []


def copied(path: Path, folder: Path, text: str) -> Path:
    """A copy with another text, where its kind of file belongs."""
    place = folder if path.name == "action.yml" else folder / ".github" / "workflows"
    place.mkdir(parents=True, exist_ok=True)
    (place / path.name).write_text(text, encoding="utf-8")
    return place / path.name


def mutated(path: Path, folder: Path, pattern: str, by: str) -> Path:
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"), count=1, flags=re.M)
    assert count == 1, f"{path.name} has no {pattern}"
    return copied(path, folder, text)


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_zizmor_finds_an_action_that_is_not_pinned(path: Path, tmp_path: Path) -> None:
    changed = mutated(path, tmp_path, r"uses: .*", "uses: someone/something@v1")
    assert any(line.startswith("unpinned-uses") for line in audit([changed]))


def test_zizmor_finds_an_expression_in_a_script(tmp_path: Path) -> None:
    script = "run: echo ${{ github.head_ref }}"
    changed = mutated(WORKFLOWS[0], tmp_path, r"run: exec nox .*", script)
    assert any(line.startswith("template-injection") for line in audit([changed]))


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_the_schema_and_the_parser_find_a_word_that_is_not_of_the_language(
    path: Path, tmp_path: Path, parser: Parser
) -> None:
    word = "using" if path.name == "action.yml" else "permissions"
    changed = mutated(path, tmp_path, rf"\b{word}:", f"{word}s:")
    assert check_schema([changed]) != []
    assert parser([changed]) != []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_parser_finds_an_expression_that_cannot_be_read(
    path: Path, tmp_path: Path, parser: Parser
) -> None:
    changed = mutated(path, tmp_path, r"^    name: .*", "    name: ${{ github.ref || }}")
    assert any("Unexpected end of expression" in line for line in parser([changed]))


def test_the_parser_finds_an_input_that_the_called_workflow_does_not_have(
    caller: Path, tmp_path: Path, parser: Parser
) -> None:
    text = PINNED.sub(r"\g<0>\n    with: {sessions: ci}", caller.read_text(encoding="utf-8"))
    changed = copied(caller, tmp_path, text)
    assert check_schema([changed]) == []
    assert [line.partition(": ")[2] for line in parser([changed])] == [
        "Invalid input, sessions is not defined in the referenced workflow."
    ]


def test_a_file_that_is_no_yaml_is_refused_by_all(
    caller: Path, tmp_path: Path, parser: Parser
) -> None:
    changed = copied(caller, tmp_path, "jobs: [\n")
    with pytest.raises(AssertionError, match="(?i)fail|error|could not"):
        audit([changed])
    assert check_schema([changed]) != []
    assert parser([changed]) != []
