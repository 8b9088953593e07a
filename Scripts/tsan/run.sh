#!/bin/bash
# Builds the tests with the thread sanitizer and runs them; fails when one fails or a race is found.
#
#   run.sh [options of `swift test`]   SCRATCH: where to build, .build/tsan by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

swift=${SWIFT:-swift}
scratch=${SCRATCH:-.build/tsan}
# The compiler of the toolchain: it knows Swift's calling convention.
clang=$(dirname "$(readlink -f "$(command -v "$swift")")")/clang

"$swift" build --build-tests --sanitize=thread --scratch-path "$scratch"
"$clang" -O1 -fPIC -shared -o "$scratch/mutex.so" Scripts/tsan/mutex.c
export TSAN_OPTIONS=${TSAN_OPTIONS:-history_size=4}
LD_PRELOAD=$(realpath "$scratch/mutex.so") exec "$swift" test --skip-build --no-parallel --sanitize=thread --scratch-path "$scratch" "$@"
