"""The same six checks as plain sessions, with nothing of `cicd`."""

import nox

nox.options.default_venv_backend = "none"


@nox.session
def backend_lint(session):
    session.chdir("backend")
    session.run("uv", "run", "flake8", ".")


@nox.session
def backend_types(session):
    session.chdir("backend")
    session.run("uv", "run", "mypy")


@nox.session
def backend_test(session):
    session.chdir("backend")
    session.run("../with-database.sh", "uv", "run", "pytest", "--cov", "--cov-report=term")


@nox.session
def frontend_lint(session):
    session.chdir("frontend")
    session.run("npm", "run", "lint")


@nox.session
def frontend_types(session):
    session.chdir("frontend")
    session.run("npm", "run", "typecheck")


@nox.session
def frontend_test(session):
    session.chdir("frontend")
    session.run("npm", "run", "test")
