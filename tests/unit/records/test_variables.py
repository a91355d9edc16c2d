"""Which variables are taken for a reason, and which for a place."""

import pytest

from cicd.records.variables import is_place, is_read_by_tools


@pytest.mark.parametrize(
    "name",
    "PYTHONHASHSEED PYTEST_ADDOPTS NODE_ENV NODE_OPTIONS npm_config_legacy_peer_deps PGHOST TZ "
    "LC_ALL DJANGO_SETTINGS_MODULE VITE_API POSTGRES_DB COMPOSE_PROFILES UV_RESOLUTION "
    "HYPOTHESIS_PROFILE DOCKER_DEFAULT_PLATFORM PYTHONPATH MYPYPATH CICD_DATABASE".split(),
)
def test_what_tools_judge_by_counts(name: str) -> None:
    assert is_read_by_tools(name)


@pytest.mark.parametrize(
    "name",
    "UV_CACHE_DIR PIP_CACHE_DIR npm_config_cache PYTHONUNBUFFERED pythonLocation NODE_VERSION "
    "Python3_ROOT_DIR PIP_INDEX_URL UV_INDEX_URL NODE_EXTRA_CA_CERTS SSL_CERT_FILE https_proxy "
    "CICD_CACHE_DIR CI HOME PIP_DISABLE_PIP_VERSION_CHECK XDG_CACHE_HOME DOCKER_BUILDKIT".split(),
)
def test_where_somebody_sits_does_not(name: str) -> None:
    assert is_place(name) and not is_read_by_tools(name)


@pytest.mark.parametrize("name", ["GITHUB_SHA", "RUNNER_OS", "REDIS_CACHE_URL", "SHOP_HOME"])
def test_a_variable_of_anybody_else_counts_where_the_repository_names_it(name: str) -> None:
    assert not is_place(name) and not is_read_by_tools(name)
