from cicd.config.parts import Backend, Frontend
from cicd.steps.github_matrix import count_shards, group_by_part

PARTS = (
    Backend("api", name="api", shards=3),
    Backend("api_admin", name="api_admin", shards=2),
    Frontend("web", name="web"),
)


def test_the_sessions_of_a_part_stand_together() -> None:
    required = ("api_lint", "web_lint", "api_admin_lint", "api_test", "contract", "api_admin_test")
    assert group_by_part(required, PARTS) == [
        ["api_lint", "api_test"],
        ["web_lint"],
        ["api_admin_lint", "api_admin_test"],
        ["contract"],
    ]


def test_only_tests_are_divided_for_each_python() -> None:
    required = ("api_lint", "api_test_py311", "api_test_py313", "api_admin_test", "web_test")
    assert count_shards(required, PARTS) == {
        "api_test_py311": 3,
        "api_test_py313": 3,
        "api_admin_test": 2,
    }
