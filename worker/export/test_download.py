"""Downloads from a hub on this machine: token, endpoint, a connection that breaks, a second try that goes on."""

import json
import os
import subprocess
import sys
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

NAME, COMMIT, TOKEN = "someone/Tiny-Wan-Diffusers", "0123456789abcdef0123456789abcdef01234567", "hf_secret"


class Hub(ThreadingHTTPServer):
    """The routes of the hub's API that a snapshot download uses."""

    def __init__(self, folder: Path):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        self.breaks: dict[str, int] = {}
        self.ranges: list[tuple[str, str]] = []
        self.served: list[str] = []
        self.gone = self.gone_after_break = False
        self.damaged: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.server.gone:
            self.close_connection = True
            return None
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._send(401, b'{"error": "a token is needed"}')
        path = self.path.split("?")[0]
        if path.startswith("/api/models/"):
            files = [{"rfilename": name, "size": p.stat().st_size} for name, p in self.server.files.items()]
            body = {"_id": "1", "id": NAME, "modelId": NAME, "sha": COMMIT, "siblings": files, "cardData": {"license": "apache-2.0"}, "tags": []}
            return self._send(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
        name = path.partition("/resolve/")[2].partition("/")[2]
        if name not in self.server.files:
            return self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        return self._file(name)

    def _file(self, name: str) -> None:
        data = self.server.files[name].read_bytes()
        headers = {"ETag": f'"{sha256(data).hexdigest()}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if self.command == "HEAD":
            return self._send(200, data, headers)
        if name == self.server.damaged:
            data = data[:-1] + bytes([data[-1] ^ 1])
        wanted = self.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted.startswith("bytes=") else 0
        if start:
            self.server.ranges.append((name, wanted))
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.server.served.append(name)
        if self.server.breaks.get(name, 0) > 0:
            self.server.breaks[name] -= 1
            self._send(206 if start else 200, data[start:], headers, cut=(len(data) - start) // 2)
            self.close_connection = True
            self.server.gone = self.server.gone_after_break
            return
        self._send(206 if start else 200, data[start:], headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None, cut: int | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[:cut])


@pytest.fixture
def hub(made):
    server = Hub(made.checkpoint("t2v"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def export(hub: Hub, tmp_path: Path, token: str = TOKEN):
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hf"), "HF_TOKEN": token, "HF_HUB_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-m", "worker.export.wan", "--from", NAME, "--to", str(tmp_path / "tiny-wan")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)


def test_a_hub_id_becomes_a_package_even_over_a_line_that_breaks(hub, tmp_path):
    weights = "transformer/diffusion_pytorch_model.safetensors"
    # The line breaks half way, and then the hub is gone: the client's own attempts fail.
    hub.breaks[weights] = 1
    hub.gone_after_break = True
    first = export(hub, tmp_path)
    assert first.returncode == 1
    assert "Run the same command again to go on" in first.stderr
    assert not (tmp_path / "tiny-wan").exists()
    size = hub.files[weights].stat().st_size
    (part,) = (tmp_path / "hf").rglob("*.part")
    assert 0 < part.stat().st_size < size
    held = part.stat().st_size
    hub.gone = hub.gone_after_break = False
    hub.ranges.clear()
    hub.served.clear()
    second = export(hub, tmp_path)
    assert second.returncode == 0, second.stderr
    assert hub.ranges == [(weights, f"bytes={held}-")]
    assert "text_encoder/model.safetensors" not in hub.served
    model = json.loads((tmp_path / "tiny-wan" / "model.json").read_text())
    assert model["licence"]["name"] == "apache-2.0"
    assert model["source"] == {"name": NAME, "revision": COMMIT, "url": f"{hub.url}/{NAME}"}


def test_without_a_token_it_says_so(hub, tmp_path):
    done = export(hub, tmp_path, "hf_wrong")
    assert done.returncode == 1
    assert NAME in done.stderr.strip().splitlines()[-1]
    assert "could not be downloaded" in done.stderr


def test_a_damaged_file_is_noticed(hub, tmp_path):
    weights = "vae/diffusion_pytorch_model.safetensors"
    hub.damaged = weights
    done = export(hub, tmp_path)
    assert done.returncode == 1
    assert "came damaged" in done.stderr
    hub.damaged = None
    assert export(hub, tmp_path).returncode == 0
