#!/bin/bash
# Installs what this package needs on Debian; done already, it ends at once.
#
#   setup.sh build   what `swift build` needs
#   setup.sh test    and the peers of the interoperability tests: C++ servers, MariaDB, Chromium, PyTango in .build/venv
#   setup.sh bench   and the C++ compiler for the load generator, wrk, and the gateway ours is compared with
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=(git ca-certificates libsqlite3-dev libjpeg62-turbo-dev libpng-dev zlib1g-dev libzmq3-dev)
test=(tango-db tango-test tango-starter tango-accesscontrol libtango-tools mariadb-server-core mariadb-client-core python3-venv curl chromium)
bench=(g++ libtango-dev pkg-config wrk)

case ${1:-build} in
build) wanted=("${build[@]}") ;;
test) wanted=("${build[@]}" "${test[@]}") ;;
bench) wanted=("${build[@]}" "${test[@]}" "${bench[@]}") ;;
*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

installed() {
    dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p'
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "setup.sh: missing Debian packages, and neither root nor sudo to install them: ${missing[*]}" >&2
        exit 1
    fi
}

# The packages bring services which would start, and questions about a system-wide database. Neither is wanted: the
# tests run private servers. A policy of the machine itself is respected.
install_packages() {
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    as_root debconf-set-selections <<'ANSWERS'
tango-common tango-common/tango-host string localhost:10000
tango-db tango-db/dbconfig-install boolean false
tango-db tango-db/install-error select ignore
tango-db tango-db/missing-db-package-error select ignore
ANSWERS
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" </dev/null
}

if command -v dpkg-query >/dev/null; then
    have=$(installed "${wanted[@]}" || true)
    missing=()
    for package in "${wanted[@]}"; do
        grep -qxF "$package" <<<"$have" || missing+=("$package")
    done
    if [[ ${#missing[@]} -gt 0 ]]; then
        echo "installing ${missing[*]}"
        install_packages "${missing[@]}"
    fi
else
    echo "setup.sh: this is not Debian; install the equivalents of: ${wanted[*]}" >&2
fi

# The stamp is a copy of the requirements, so that a changed list is installed again.
lists=()
[[ ${1:-build} == build ]] || lists+=(Scripts/peers/requirements.txt)
[[ ${1:-build} == bench ]] && lists+=(Benchmarks/requirements.txt)
for list in ${lists[@]+"${lists[@]}"}; do
    stamp=.build/venv/${list//\//-}
    cmp -s "$list" "$stamp" && continue
    python=/usr/bin/python3
    [[ -x $python ]] || python=python3
    [[ -x .build/venv/bin/pip ]] || { mkdir -p .build && "$python" -m venv .build/venv; }
    .build/venv/bin/pip install --quiet --disable-pip-version-check -r "$list"
    cp "$list" "$stamp"
done
