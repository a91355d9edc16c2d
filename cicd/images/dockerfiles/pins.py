"""The versions of installers that the written Dockerfiles name, where a project names none."""

from __future__ import annotations

UV = "uv==0.13.9"
POETRY = "poetry==2.5.1 poetry-plugin-export==1.10.1"
PDM = "pdm==2.29.3"
PYTHON = "3.13"
NODE = "20"
PNPM = "10.34.8"
YARN = "1.22.22"
BUN = "1.4.5"
