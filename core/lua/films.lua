-- Films in the making (core/film): documents that are read, changed by a pure function and put back if nobody else did meanwhile.
--   :film:<id>       hash  version, json
--   :films           zset  open films by when the clock has to look at them again (ms)
--   :films-at:<room>   set  open films of a room
--   :films-over:<room> zset those that have ended, by when (ms); the last 50

local mostOver = 50

-- tr_film_put id version json look state room... -> 1 | 0 (somebody was faster). version: the one the caller read + 1; 0 for a new film.
define('tr_film_put', function(keys, args)
  local root, id, version = keys[1], args[1], whole(args[2], 0)
  if not version then return bad('version') end
  local key = root .. ':film:' .. id
  local known = call('HGET', key, 'version')
  if version == 0 and known or version > 0 and tonumber(known or -1) ~= version - 1 then return 0 end
  call('HSET', key, 'version', args[2], 'json', args[3])
  local open = args[5] == 'open'
  if open then call('ZADD', root .. ':films', args[4], id) else call('ZREM', root .. ':films', id) end
  for i = 6, #args do
    call(open and 'SADD' or 'SREM', root .. ':films-at:' .. args[i], id)
    local over = root .. ':films-over:' .. args[i]
    if open then call('ZREM', over, id) else call('ZADD', over, 'NX', digits(clock()), id) end
    call('ZREMRANGEBYRANK', over, 0, -1 - mostOver)
  end
  return 1
end)
