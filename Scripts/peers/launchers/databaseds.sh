#!/bin/bash
# The C++ database server on a private MariaDB started with `mariadb.sh start DIR`.
#
#   databaseds.sh DIR PORT   serves TANGO_HOST=127.0.0.1:PORT in the foreground, prints "Ready to accept request"
set -euo pipefail

[[ $# -eq 2 && -s $1/env ]] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
set -a
# shellcheck disable=SC1091
source "$1/env"
set +a
export TANGO_HOST=127.0.0.1:$2
exec "${DATABASEDS:-/usr/lib/tango/DataBaseds}" 2 -ORBendPoint "giop:tcp:127.0.0.1:$2"
