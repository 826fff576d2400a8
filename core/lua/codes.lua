-- Redeem codes: worth so many credits for each of so many members, once each.
--   :code:<code>     hash credits, left, expires (Unix ms, 0 = never)
--   :code:<code>:by  set  accounts that had it

-- tr_make_code op code credits uses expires -> the code (the first one, if the operation comes again) | 'differs'
define('tr_make_code', function(keys, args)
  local root, op, code = keys[1], args[1], args[2]
  local credits, uses, expires = whole(args[3], 1), whole(args[4], 1), tonumber(args[5])
  if not credits or not uses or not expires then return bad('code') end
  local known = call('GET', root .. ':op:' .. op)
  local asked = cjson.encode({ 'code', digits(credits), digits(uses), digits(expires) })
  if known then
    local same = string.sub(known, 1, #asked) == asked
    return same and string.sub(known, #asked + 2) or 'differs'
  end
  note(root, op, asked .. ' ' .. code)
  call('HSET', root .. ':code:' .. code, 'credits', digits(credits), 'left', digits(uses), 'expires', digits(expires))
  return code
end)

-- tr_redeem account code -> { 'ok' | 'unknown' | 'expired' | 'used' | 'used-up', credits }
define('tr_redeem', function(keys, args)
  local root, name, code = keys[1], args[1], args[2]
  local key = root .. ':code:' .. code
  local has = call('HMGET', key, 'credits', 'left', 'expires')
  if not has[1] then return { 'unknown', 0 } end
  local credits, left, expires = tonumber(has[1]), tonumber(has[2]), tonumber(has[3])
  if expires > 0 and clock() > expires then return { 'expired', 0 } end
  local id = accountOf(root, name)
  if call('SISMEMBER', key .. ':by', id) == 1 then return { 'used', 0 } end
  if left < 1 then return { 'used-up', 0 } end
  call('HINCRBY', key, 'left', -1)
  call('SADD', key .. ':by', id)
  move(root, wallet(root, id), { op = 'code:' .. code .. ':' .. id, kind = 'code', from = 'sys:issued', to = id .. ':avail', amount = credits, why = code })
  return { 'ok', credits }
end)
