#!/bin/bash
# Measures BenchTarget and the Swift client with a yardstick: a folder with run_baselines.sh, which measures any server and client with
# a given interface beside the C++ and the PyTango ones. Started by `make baselines YARDSTICK=FOLDER`.
#
#   baselines.sh FOLDER [options of run_baselines.py, such as --quick, --parts requests,load]
#
# The database is that of TANGO_HOST, or a new one of this package that lives as long as the run. Results: Benchmarks/results.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

yardstick=${1:-}
if [[ -z $yardstick || ! -x $yardstick/run_baselines.sh ]]; then
    echo "There is no yardstick at '$yardstick': make baselines YARDSTICK=FOLDER, where FOLDER has run_baselines.sh" >&2
    exit 2
fi
shift
[[ ${1:-} == --check ]] && exit
release=$PWD/.build/benchmarks/release
for program in swift_bench_target swift_bench_client tango; do
    [[ -x $release/$program ]] || { echo "$program is not built: make baselines does that" >&2; exit 2; }
done

if [[ -z ${TANGO_HOST:-} ]]; then
    folder=$(mktemp -d)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    "$release/tango" database --host 127.0.0.1 --port "$port" --file "$folder/tango.sqlite" >"$folder/log" 2>&1 &
    database=$!
    trap 'kill $database 2>/dev/null; wait $database 2>/dev/null || true; rm -rf "$folder"' EXIT
    for _ in $(seq 100); do
        grep -q Ready "$folder/log" && break
        sleep 0.1
    done
    export TANGO_HOST=127.0.0.1:$port
fi

mkdir -p Benchmarks/results
BENCH_PYTHON=${BENCH_PYTHON:-$PWD/.build/venv/bin/python} BENCH_BUILD_DIR=$PWD/.build/yardstick "$yardstick/run_baselines.sh" \
    --out "$PWD/Benchmarks/results" \
    --extra-server "swift:swift_bench_target=$release/swift_bench_target" --extra-client "swift=$release/swift_bench_client" "$@"
echo "see Benchmarks/results/BASELINES.md"
