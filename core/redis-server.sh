#!/bin/sh
# The Redis that holds credits and jobs: sh core/redis-server.sh FOLDER [flags of redis-server]
#
# Killed in the middle of a write, Redis may leave a MULTI without its EXEC at the end of its append-only file. Started on that
# with `aof-load-truncated yes` (its default), it cuts off the last torn command only; what stays of the transaction is carried
# out, without the rest, at the start after this one: half a hold (Redis 7.0 and others; see valkey-io/valkey pull request 4342).
# So a torn end is cut off before each start, back to the last whole transaction, and Redis itself may not cut. Damage anywhere
# else is left for a person to look at: cutting there would take whole transactions away.
set -eu
folder=$1
shift
files=$folder/appendonlydir
manifest=$files/appendonly.aof.manifest

if [ -f "$manifest" ] && command -v redis-check-aof >/dev/null && ! said=$(redis-check-aof "$manifest" 2>&1); then
  last=$(printf '%s\n' "$said" | sed -n 's/^AOF analyzed: filename=\(.*\), size=.*, ok_up_to=\([0-9]*\),.*/\2 \1/p' | tail -n 1)
  file=$files/${last#* }
  tail -c "+$((${last%% *} + 1))" "$file" >"$folder/torn.aof" || true
  if [ -z "$last" ] || grep -aq '^EXEC' "$folder/torn.aof"; then
    printf '%s\n%s\n' "$said" "redis-server.sh: $file is damaged before its end; nothing was changed. Keep a copy of $files, then see redis-check-aof --fix." >&2
    exit 1
  fi
  echo y | redis-check-aof --fix "$manifest" >/dev/null
  echo "redis-server.sh: cut a torn transaction off $file (it is in $folder/torn.aof)." >&2
fi
exec redis-server --dir "$folder" --appendonly yes --appendfsync always --maxmemory-policy noeviction \
  --aof-load-truncated no "$@"
