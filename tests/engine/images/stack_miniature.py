"""A stack of a few files: a job, a service with a health check, and a front that needs it."""

DOCKERFILE = """\
    FROM python:3.13-slim
    COPY serve.py /serve.py
    USER 65534
    EXPOSE 8000
    CMD ["python", "-u", "/serve.py"]
    """
SERVE = """\
    import os
    import signal
    import sys
    from http.server import BaseHTTPRequestHandler, HTTPServer


    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/stop":
                print("asked to stop")
                os._exit(3)
            self.send_response(int(os.environ.get("HEALTH", "200")))
            self.end_headers()
            self.wfile.write(os.environ.get("SERVICE", "").encode())


    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"serving {os.environ.get('SERVICE', '')}")
    HTTPServer(("", 8000), Answer).serve_forever()
    """
COMPOSE = """\
    services:
      migrate:
        build: app
        image: miniature/app
        command: ["python", "-c", "print('migrated')"]
        volumes: ["data:/data"]
      seed:
        image: miniature/app
        command: ["python", "-c", "print('seeded')"]
      api:
        build: app
        image: miniature/app
        container_name: miniature-api
        environment: {SERVICE: api, HEALTH: "200"}
        ports: ["8000:8000"]
        depends_on: {migrate: {condition: service_completed_successfully}}
        healthcheck:
          test:
            - CMD
            - python
            - -c
            - import urllib.request as u; u.urlopen("http://127.0.0.1:8000/")
          interval: 500ms
          timeout: 5s
          retries: 3
        networks: {default: {ipv4_address: 10.213.7.5}}
      web:
        image: miniature/app
        environment: {SERVICE: web}
        ports: ["127.0.0.1:8000:8000"]
        depends_on: {api: {condition: service_healthy}}
    networks: {default: {ipam: {config: [{subnet: 10.213.7.0/24}]}}}
    volumes: {data: {name: miniature-data}}
    """
WEB = "      web:\n        image: miniature/app\n"
SMOKE = """\
    import os
    import urllib.request

    import pytest


    def ask(name):
        return urllib.request.urlopen(os.environ[name]).read().decode()


    def test_the_front_answers():
        assert ask("STACK_URL") == "web"


    @pytest.mark.parametrize("name", ["API_URL", "API_8000_URL"])
    def test_the_api_answers(name):
        assert ask(name) == "api"


    def test_no_port_is_a_fixed_one():
        assert not os.environ["API_URL"].endswith(":8000")
        assert os.environ["API_URL"] != os.environ["WEB_URL"]
    """
WAITS = """\
    import os
    import socket


    def test_that_waits():
        with socket.create_connection(("127.0.0.1", {port})) as line:
            line.sendall(os.environ["CICD_STACK_PROJECT"].encode() + b"\\n")
            line.recv(1)
    """
STACK = {
    "compose.yaml": COMPOSE,
    "app/Dockerfile": DOCKERFILE,
    "app/serve.py": SERVE,
    "tests/smoke/pytest.ini": "[pytest]\n",
    "tests/smoke/test_stack.py": SMOKE,
}
"""As it stands, it is green. Every fixed number and name in it would be there once only."""
