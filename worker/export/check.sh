#!/usr/bin/env bash
# The Python tier: every test of the exporter, in a virtual environment with pinned packages that is made once and kept in the user's cache.
# PYTHON: interpreter to make it with (3.11 or newer). VENV: where it lies. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/../.."
packages=worker/export/requirements-test.txt
python=${PYTHON:-python3}
hasVenv() { "$python" -c 'import ensurepip' 2>/dev/null; }
if ! hasVenv; then
  as=$([ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && echo sudo -n; } || true)
  if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || [ -n "$as" ]; }; then
    $as apt-get update -qq
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv
  else
    echo "the exporter's tests need Python 3.11 or newer with venv (Debian: apt-get install python3-venv)" >&2
    exit 1
  fi
  if ! hasVenv; then
    echo "$python still has no ensurepip after installing python3-venv: set PYTHON to one that has (Debian: /usr/bin/python3)" >&2
    exit 1
  fi
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "the exporter's tests need Python 3.11 or newer, $python is $("$python" -V); set PYTHON to another one" >&2
  exit 1
fi
kept=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/threadreel
venv=${VENV:-$kept/exporter-$( ("$python" -VV; cat $packages) | sha256sum | cut -c1-12)}
if [ ! -x "$venv/bin/python" ]; then
  echo "making $venv: 2.5 GB to fetch, 4.2 GB on disk, mostly PyTorch"
  [ -n "${VENV:-}" ] || rm -rf "$kept"/exporter-*
  half=$venv.$$
  trap 'rm -rf "$half"' EXIT
  "$python" -m venv "$half"
  "$half/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --retries 8 -r $packages
  mv "$half" "$venv"
  trap - EXIT
fi
exec "$venv/bin/python" -m pytest -q --import-mode=importlib -p no:cacheprovider -o tmp_path_retention_policy=failed worker/export "$@"
