from cicd.config.parts import Backend, Frontend
from cicd.config.territory import others_below


def test_a_part_leaves_the_folders_of_others_alone_however_they_are_written() -> None:
    parts = (Backend("./apps/"), Frontend("apps/web/"), Frontend("./apps2"), Backend("apps"))
    assert others_below(parts[0], parts) == ("apps/web",)
    assert others_below(Backend("."), parts) == ("apps", "apps/web", "apps2")
