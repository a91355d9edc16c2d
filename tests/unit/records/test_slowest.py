from pathlib import Path

from cicd.records.slowest import SlowTest, read_slowest

REPORT = (
    "<testsuites><testsuite>"
    '<testcase file="tests/test_a.py" classname="tests.test_a" name="test_slow" time="2.5"/>'
    '<testcase classname="Sums" name="adds" time="1,000.5"><failure message="x"/></testcase>'
    '<testcase classname="Sums" name="quick" time="0.001"/>'
    '<testcase name="odd" time="soon"/>'
    "</testsuite></testsuites>"
)


def test_the_slowest_come_first(tmp_path: Path) -> None:
    (tmp_path / "backend_test").mkdir()
    (tmp_path / "backend_test" / "junit.xml").write_text(REPORT)
    assert read_slowest(["backend_lint", "backend_test"], tmp_path.joinpath) == (
        SlowTest(session="backend_test", name="Sums::adds", time_s=1000.5),
        SlowTest(session="backend_test", name="tests/test_a.py::test_slow", time_s=2.5),
    )


def test_five_are_shown(tmp_path: Path) -> None:
    cases = "".join(f'<testcase name="t{n}" time="{n}"/>' for n in range(9))
    (tmp_path / "junit.xml").write_text(f"<testsuite>{cases}</testsuite>")
    names = [slow.name for slow in read_slowest(["s"], lambda session: tmp_path)]
    assert names == ["t8", "t7", "t6", "t5", "t4"]


def test_a_report_that_cannot_be_read_has_none(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text("<testsuite><testcase")
    assert read_slowest(["s"], lambda session: tmp_path) == ()
