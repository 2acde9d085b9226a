#!/bin/sh
# From an unpacked bundle into a new virtual environment, without any network: sh install.sh [/opt/huiyin]
# Every wheel is compared with its hash; nothing is built and nothing is fetched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/huiyin}
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Huiyin needs Python 3.11 or newer (PYTHON=python3.12)")'
mkdir -p "$target"
"$python" -m venv --clear "$target/.venv"
"$target/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links "$here/wheels" \
    --require-hashes --requirement "$here/requirements.txt"
rm -rf "$target/docs"
cp -R "$here/docs" "$target/docs"
"$target/.venv/bin/huiyin" --help >/dev/null
echo "installed: $target/.venv/bin/huiyin; go on with $target/docs/operations.md"
