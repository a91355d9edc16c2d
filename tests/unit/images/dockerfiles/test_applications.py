"""The application that is found, by what the sources say."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cicd.config.files import files_of
from cicd.images.dockerfiles.python.application import Application, find_application
from cicd.tree import Tree

FASTAPI = "from fastapi import FastAPI\n\napp = FastAPI()\n"
FACTORY = (
    "from fastapi import FastAPI\n\n\ndef create_app() -> FastAPI:\n    return FastAPI(title='x')\n"
)
MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n'


Find = Callable[[Mapping[str, str]], Application]
INCLUDES = """\
from fastapi import FastAPI
from shop import ops

app = FastAPI()
app.include_router(ops.router, prefix={})
"""
ROUTER = """\
from fastapi import APIRouter

router = APIRouter(prefix='/ops')


@router.get('/ready')
def ready(): ...
"""
FLASK = """\
from flask import Flask


def create_app():
    app = Flask(__name__)

    @app.route('/ping')
    def ping():
        return 'ok'

    return app
"""


@pytest.fixture
def find(tmp_path: Path) -> Find:
    def look(contents: Mapping[str, str]) -> Application:
        for name, content in contents.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        return find_application(files_of(Tree(tmp_path, tuple(contents))), "")

    return look


@pytest.mark.parametrize(
    ("files", "kind", "target", "root"),
    [
        ({"main.py": FASTAPI}, "asgi", "main:app", ""),
        ({"shop/main.py": FASTAPI}, "asgi", "shop.main:app", ""),
        ({"src/shop/__init__.py": "", "src/shop/web.py": FASTAPI}, "asgi", "shop.web:app", "src"),
        # It imports what lies beside it: that folder is where it is started.
        (
            {"app/main.py": f"import settings\n{FASTAPI}", "app/settings.py": ""},
            "asgi",
            "main:app",
            "app",
        ),
        ({"shop/__init__.py": FACTORY}, "asgi", "shop:create_app", ""),
        (
            {
                "shop/__init__.py": FACTORY,
                "wsgi.py": "from shop import create_app\n\napp = create_app()\n",
            },
            "asgi",
            "wsgi:app",
            "",
        ),
        ({"a.py": "from flask import Flask\napp = Flask(__name__)\n"}, "wsgi", "a:app", ""),
        (
            {"x/manage.py": MANAGE, "x/config/wsgi.py": "", "x/config/asgi.py": ""},
            "django",
            "config.wsgi:application",
            "x",
        ),
        ({"bot/__main__.py": "", "bot/__init__.py": ""}, "module", "bot", ""),
        ({"job.py": "print()"}, "", "", ""),
        ({"tests/app.py": FASTAPI, "examples/app.py": FASTAPI}, "", "", ""),
    ],
)
def test_the_application_is_found(
    find: Find, files: dict[str, str], kind: str, target: str, root: str
) -> None:
    found = find(files)
    assert (found.kind, found.target, found.root) == (kind, target, root)


@pytest.mark.parametrize(
    ("files", "health"),
    [
        ({"main.py": f"{FASTAPI}\n@app.get('/healthz')\ndef h(): ...\n"}, "/healthz"),
        ({"main.py": f"{FASTAPI}\n@app.get('/books')\ndef h(): ...\n"}, ""),
        ({"main.py": f"{FASTAPI}\n@app.get('/shops/{{id}}/status')\ndef h(): ...\n"}, ""),
        ({"shop/main.py": INCLUDES.format("'/api'"), "shop/ops.py": ROUTER}, "/api/ops/ready"),
        # A prefix that only the running application knows is no address.
        ({"shop/main.py": INCLUDES.format("where()"), "shop/ops.py": ROUTER}, ""),
        ({"app.py": FLASK}, "/ping"),
    ],
)
def test_the_health_address_is_found_or_left_open(
    find: Find, files: dict[str, str], health: str
) -> None:
    assert find(files).health == health
