# Written by `nox -s dockerfiles`; from now on it is yours. Any engine with BuildKit builds it.{{how}}

FROM node:{{node}}-slim AS dependencies
# Hooks for git have no place in here.
ENV HUSKY=0
WORKDIR /app
{{dependencies}}

FROM dependencies AS build
{{sources}}
{{build_workdir}}
RUN {{build}} \
    && test -f {{output}}/index.html
# Compressed once and well, so that nginx has nothing to compress for files that stay the same.
RUN find {{output}} -type f -size +1k -regextype posix-extended \
    -regex '.*\.(css|html|js|json|map|mjs|svg|txt|wasm|xml|webmanifest)' -exec gzip -9nk {} +

FROM nginxinc/nginx-unprivileged:stable
# These three may be given at the start, without another build: what lies in {{nginx}}/ is filled in
# then. Nothing but /tmp is written to.
ENV API_URL="" \
    BACKEND_URL="" \
    CONNECT_SOURCES="" \
    NGINX_ENVSUBST_OUTPUT_DIR=/tmp \
    NGINX_ENVSUBST_FILTER="^(API_URL|API_ORIGIN|BACKEND_URL|CONNECT_SOURCES|NAME_SERVERS)$"
COPY {{nginx}}/*.template /etc/nginx/templates/
COPY --chmod=755 {{nginx}}/settings.envsh /docker-entrypoint.d/19-settings.envsh
COPY --from=build {{built}} /usr/share/nginx/html
USER 101
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET http://127.0.0.1:8080/healthz HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '^HTTP/1.. 200' <&3"]
CMD ["nginx", "-c", "/tmp/nginx.conf", "-g", "daemon off;"]
