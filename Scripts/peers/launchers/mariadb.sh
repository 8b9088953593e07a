#!/bin/bash
# A private MariaDB server with the Tango schema of the Debian package tango-db.
#
#   mariadb.sh start DIR   makes DIR when it is missing, starts the server, prints MYSQL_* lines (also kept in DIR/env)
#   mariadb.sh stop DIR    stops the server; the data stay in DIR
#
# The server listens on 127.0.0.1 with a port of its own and on DIR/sock. Works as root and as any other user.
set -euo pipefail

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

[[ $# -eq 2 ]] || usage
mkdir -p "$2"
dir=$(cd "$2" && pwd)
PATH=$PATH:/usr/sbin:/sbin

# The path of a Unix socket is limited to 107 bytes; a long DIR gets one among the temporary files.
if [[ -s $dir/socket ]]; then
    socket=$(<"$dir/socket")
elif [[ ${#dir} -lt 90 ]]; then
    socket=$dir/sock
else
    socket=$(mktemp -u -t mariadb.XXXXXXXX)
fi

running() { [[ -s $dir/pid ]] && kill -0 "$(<"$dir/pid")" 2>/dev/null; }
sql() { mariadb --no-defaults --socket="$socket" --user=root "$@"; }
answers() { sql --execute='SELECT 1' >/dev/null 2>&1; }

as_user=()
[[ $(id -u) -eq 0 ]] && as_user=(--user=root)

create() {
    mariadb-install-db --no-defaults "${as_user[@]}" --datadir="$dir/data" --auth-root-authentication-method=normal \
        --skip-test-db --skip-name-resolve >"$dir/install.log" 2>&1 || { cat "$dir/install.log" >&2; exit 1; }
}

# mariadbd ends when its port is taken, so another one is tried.
launch() {
    local port attempt
    for attempt in 1 2 3 4 5 6 7 8; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        # The daemon must not keep what the caller has open, or the caller seems to run as long as the daemon.
        (
            for descriptor in /proc/"$BASHPID"/fd/*; do
                descriptor=${descriptor##*/}
                [[ $descriptor -gt 2 ]] && eval "exec $descriptor>&-"
            done
            exec setsid mariadbd --no-defaults "${as_user[@]}" --datadir="$dir/data" --socket="$socket" --pid-file="$dir/pid.mariadbd" \
                --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --skip-log-bin --innodb-flush-log-at-trx-commit=0 \
                --innodb-buffer-pool-size=16M --performance-schema=OFF --max-connections=50
        ) </dev/null >"$dir/log" 2>&1 &
        echo $! >"$dir/pid"
        for _ in $(seq 300); do
            answers && break 2
            running || continue 2
            sleep 0.1
        done
        stop
    done
    answers || { echo "mariadbd does not start:" >&2; tail -20 "$dir/log" >&2; exit 1; }
    echo "$socket" >"$dir/socket"
    printf 'MYSQL_HOST=127.0.0.1:%s\nMYSQL_USER=tango\nMYSQL_PASSWORD=tango\nMYSQL_DATABASE=tango\n' "$port" >"$dir/env"
}

load_schema() {
    sql --execute="CREATE DATABASE tango; CREATE USER tango@'127.0.0.1' IDENTIFIED BY 'tango';
        CREATE USER tango@localhost IDENTIFIED BY 'tango';
        GRANT ALL ON tango.* TO tango@'127.0.0.1'; GRANT ALL ON tango.* TO tango@localhost;
        GRANT SELECT ON mysql.* TO tango@'127.0.0.1'; GRANT SELECT ON mysql.* TO tango@localhost;"
    sql tango </usr/share/dbconfig-common/data/tango-db/install/mysql
    touch "$dir/loaded"
}

stop() {
    if running; then
        kill "$(<"$dir/pid")"
        for _ in $(seq 150); do
            running || break
            sleep 0.1
        done
        running && kill -KILL "$(<"$dir/pid")"
    fi
    rm -f "$dir/pid" "$dir/env" "$dir/socket" "$socket"
}

case $1 in
start)
    if ! { running && answers; }; then
        [[ -d $dir/data/mysql ]] || create
        launch
        [[ -e $dir/loaded ]] || load_schema
    fi
    cat "$dir/env"
    ;;
stop) stop ;;
*) usage ;;
esac
