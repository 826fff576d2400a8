#!/bin/sh
# The Redis that holds credits and jobs: sh core/redis-server.sh FOLDER [flags of redis-server]
#
# Killed in the middle of a write, Redis may leave a MULTI without its EXEC at the end of its append-only file. Started on that
# with `aof-load-truncated yes` (its default), it cuts off the last torn command only; what stays of the transaction is carried
# out, without the rest, at the start after this one: half a hold (Redis 7.0 and others; see valkey-io/valkey pull request 4342).
# So the file is mended before each start, back to the last whole transaction, and Redis itself may not cut.
set -eu
folder=$1
shift
manifest=$folder/appendonlydir/appendonly.aof.manifest
if [ -f "$manifest" ]; then
  if said=$(echo y | redis-check-aof --fix "$manifest" 2>&1); then
    printf '%s\n' "$said" | grep 'Successfully truncated' >&2 || true
  else
    printf '%s\n' "$said" >&2
  fi
fi
exec redis-server --dir "$folder" --appendonly yes --appendfsync always --maxmemory-policy noeviction \
  --aof-load-truncated no "$@"
