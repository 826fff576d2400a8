#!/usr/bin/env bash
# The Python tier: a virtual environment with the pinned requirements (made once), then every test of the exporter.
# PYTHON: interpreter to make it with. VENV: where it lies. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${VENV:-.venv}
want=$(sha256sum worker/export/requirements.txt | cut -d' ' -f1)
if [ "$(cat "$venv/.requirements" 2>/dev/null || true)" != "$want" ]; then
  "${PYTHON:-python3}" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r worker/export/requirements.txt
  echo "$want" > "$venv/.requirements"
fi
exec "$venv/bin/python" -m pytest -q --import-mode=importlib -p no:cacheprovider worker/export "$@"
