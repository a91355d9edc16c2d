#!/usr/bin/env bash
# The steps of the bookshop, one after the other, as a workflow has them.
set -euo pipefail
cd "$(dirname "$0")/backend"
uv sync --locked --quiet
uv run black --check .
uv run flake8 .
uv run mypy
../with-database.sh bash -euc 'uv run alembic check && uv run pytest --cov --cov-report=term'
cd ../frontend
npm ci --no-audit --no-fund
npm run format:check
npm run lint
npm run typecheck
npm test -- --ci --coverage
npm run build
