#!/bin/bash
# Does what README tells a newcomer: makes a package with `swift package init`, copies README's manifest and README's device into it, builds
# it, and starts the server. The dependency is this repository by path; nothing else differs, and the package has no settings of ours.
#   Scripts/first-package.sh [FOLDER]     the package is kept in FOLDER (default: .build/first-package), so the next run builds what changed
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$repository/.build/first-package}
swift=${SWIFT:-swift}

# The Nth block of README in the language, from the heading on.
block() {
    awk -v language="$1" -v number="$2" '
        /^\*\*A device of your own\*\*/ { isHere = 1 }
        isHere && $0 == "```" language { count++; isInside = count == number; next }
        /^```$/ { isInside = 0 }
        isInside' "$repository/README.md"
}

if [ ! -d "$folder/Sources" ]; then
    mkdir -p "$folder/PowerSupply"
    (cd "$folder/PowerSupply" && "$swift" package init --type executable --name PowerSupply > /dev/null)
    mv "$folder"/PowerSupply/* "$folder"
    rm -rf "$folder/PowerSupply"
fi
rm -rf "$folder/Sources"
mkdir -p "$folder/Sources/PowerSupply"
ln -sfn "$repository" "$folder/swift-tango"
block swift 1 | sed -E 's#url: "[^"]*", (branch|from): "[^"]*"#path: "swift-tango"#' > "$folder/Package.swift"
block swift 2 > "$folder/Sources/PowerSupply/main.swift"
grep -q 'path:' "$folder/Package.swift" || { echo "README's manifest has no dependency to replace" >&2; exit 1; }
grep -q 'Device' "$folder/Sources/PowerSupply/main.swift" || { echo "README has no device" >&2; exit 1; }

cd "$folder"
"$swift" build 2>&1 | tee "$folder/build.log"
if grep -q 'warning: .*\(deprecated\|data race\)' "$folder/build.log"; then echo "README's device compiles with warnings" >&2; exit 1; fi

# A misspelled life-cycle method does not compile.
cp Sources/PowerSupply/main.swift main.swift.right
sed 's/func initialize/func initialise/' main.swift.right > Sources/PowerSupply/main.swift  # lint: quoted
if "$swift" build > "$folder/wrong.log" 2>&1; then echo "a device without initialize() compiles" >&2; exit 1; fi
grep -q "does not conform to protocol 'Device'" "$folder/wrong.log"
mv main.swift.right Sources/PowerSupply/main.swift
"$swift" build 2>&1 | tail -1

# It starts: without a database, on any port, until it says so.
output=$("$swift" build --show-bin-path)/PowerSupply
coproc server { exec "$output" test -nodb -dlist test/ps/1 -ORBendPoint giop:tcp:127.0.0.1: 2>&1; }
trap 'kill "$server_PID" 2> /dev/null || true' EXIT
read -r -t 30 line <&"${server[0]}" || { echo "README's device does not start" >&2; exit 1; }
echo "$line"
[ "$line" = "Ready to accept request" ]
