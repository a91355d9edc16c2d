# Written by `nox -s dockerfiles`; from now on it is yours. Any engine with BuildKit builds it.{{how}}

{{before}}

FROM python:{{python}}-slim AS dependencies
{{build_packages}}
WORKDIR /app
{{dependencies}}

# What the tests need besides: docker build --target test
FROM dependencies AS test
{{sources}}
{{tests}}
{{test_workdir}}
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH={{environment}}

FROM dependencies AS build
{{sources}}
{{project}}
# Bytecode that is checked against its source by content: equal sources give equal bytes.
RUN {{remove}}python -m compileall -qq --invalidation-mode checked-hash . || true

FROM python:{{python}}-slim
{{runtime_packages}}
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH={{environment}} \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
WORKDIR {{workdir}}
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# A number, so that an orchestrator can tell that it is not root. Nothing but /tmp is written to.
USER 10001:10001
{{expose}}
{{health}}
{{entrypoint}}
{{comment}}
CMD {{command}}
