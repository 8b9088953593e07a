#!/bin/bash
# Starts a whole control system and throws garbage at its three ports for SECONDS each, all at once.
#
#   soak.sh SECONDS
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-600}
log=$(mktemp)
${TANGO:-.build/release/tango} up --in-memory --port 0 --rest-port 0 >"$log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 100); do grep -q 'Ready to accept' "$log" && break; sleep 0.1; done
database=$(sed -n 's/.*TANGO_HOST=127.0.0.1:\([0-9]*\)$/\1/p' "$log" | head -1)
device=$(sed -n 's/.*sys\/tg_test\/1 at 127.0.0.1:\([0-9]*\)$/\1/p' "$log" | head -1)
rest=$(sed -n 's/.*http:\/\/127.0.0.1:\([0-9]*\)\/$/\1/p' "$log" | head -1)
status=0
pids=()
for target in "giop:127.0.0.1:$device/sys/tg_test/1" "giop:127.0.0.1:$database/database" \
    "http:127.0.0.1:$rest/tango/rest/v1.0/hosts/127.0.0.1;port=$database/devices/sys/tg_test/1/attributes/double_scalar/value"; do
    python3 Scripts/fuzz_ports.py --seconds "$seconds" --pid $server "$target" &
    pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
exit $status
