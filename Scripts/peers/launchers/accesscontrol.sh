#!/bin/bash
# The C++ access service on the MariaDB of `mariadb.sh start DIR`, beside `databaseds.sh DIR PORT`.
#
#   accesscontrol.sh DIR PORT            serves in the foreground, prints "Ready to accept request"
#   accesscontrol.sh DIR allow USER PATTERN RIGHT   gives the user the right (read, write) on devices, from every address
#
# Rights are put into the tables directly: the service's own commands that add rows fail on a MariaDB in strict mode.
set -euo pipefail

[[ $# -ge 2 && -s $1/env ]] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
set -a
# shellcheck disable=SC1091
source "$1/env"
set +a
if [[ $2 == allow ]]; then
    exec mariadb --no-defaults --host=127.0.0.1 --port="${MYSQL_HOST#*:}" --user="$MYSQL_USER" --password="$MYSQL_PASSWORD" \
        "$MYSQL_DATABASE" --execute="INSERT IGNORE INTO access_address VALUES ('$3', '*.*.*.*', 'FF.FF.FF.FF', NOW(), NOW());
        INSERT INTO access_device VALUES ('$3', '$4', '$5', NOW(), NOW());"
fi
export TANGO_HOST=127.0.0.1:$2
exec /usr/lib/tango/TangoAccessControl 1
