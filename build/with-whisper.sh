#!/usr/bin/env bash
# Runs a command with whisper.cpp's headers and libraries in the compiler's path.
set -euo pipefail
unset CDPATH
prefix=$("$(dirname "${BASH_SOURCE[0]}")/whisper.sh")
export C_INCLUDE_PATH="$prefix/include${C_INCLUDE_PATH:+:$C_INCLUDE_PATH}"
export LIBRARY_PATH="$prefix/lib${LIBRARY_PATH:+:$LIBRARY_PATH}"
exec "$@"
