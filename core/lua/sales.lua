-- Credits for money, once per charge ('telegram/<id of the payment>').
--   :sale:<charge>   hash  account, member, pack, credits, price, update, at; state paid -> returning -> returned; taken; kept for ever
--   :sales:<member>  zset  charges of a member, by when they were paid

-- tr_sale charge account member pack credits price update -> 'ok' | 'again' (by this very update) | 'known' (by another one).
-- Works when Redis is full: the money was taken. 0 credits: paid for something we do not have; it can only be given back.
define('tr_sale', function(keys, args)
  local root, charge, name, member, pack = keys[1], args[1], args[2], args[3], args[4]
  local credits, price, update = whole(args[5], 0), whole(args[6], 0), args[7]
  if not credits or not price then return bad('sale') end
  local key = root .. ':sale:' .. charge
  local known = call('HGET', key, 'update')
  if known then return known == update and 'again' or 'known' end
  local id, now = accountOf(root, name), digits(clock())
  call('HSET', key, 'account', name, 'member', member, 'pack', pack, 'credits', digits(credits), 'price', digits(price),
    'update', update, 'at', now, 'state', 'paid', 'taken', 0)
  call('ZADD', root .. ':sales:' .. member, now, charge)
  if credits > 0 then
    move(root, wallet(root, id), { op = 'sale:' .. charge, kind = 'sale', from = 'sys:sold', to = id .. ':avail', amount = credits, why = pack })
  end
  return 'ok'
end, evenFull)

-- tr_take_back charge -> { 'unknown' | 'taken' (just now) | 'returning' (taken before) | 'returned', credits taken back }. What was spent
-- stays spent; free credits are the last to go.
define('tr_take_back', function(keys, args)
  local root, charge = keys[1], args[1]
  local key = root .. ':sale:' .. charge
  local has = call('HMGET', key, 'state', 'account', 'credits', 'taken')
  if not has[1] then return { 'unknown', 0 } end
  if has[1] ~= 'paid' then return { has[1], tonumber(has[4]) } end
  local mine = wallet(root, accountOf(root, has[2]))
  local taken = math.min(mine.avail, tonumber(has[3]))
  call('HSET', key, 'state', 'returning', 'taken', digits(taken))
  if taken > 0 then
    mine.free = math.min(mine.free, mine.avail - taken)
    move(root, mine, { op = 'refund:' .. charge, kind = 'refund', from = mine.id .. ':avail', to = 'sys:sold', amount = taken, why = charge })
  end
  return { 'taken', taken }
end, evenFull)

-- tr_returned charge -> 1 | 0 (nothing was to be given back, or it was)
define('tr_returned', function(keys, args)
  local key = keys[1] .. ':sale:' .. args[1]
  if call('HGET', key, 'state') ~= 'returning' then return 0 end
  call('HSET', key, 'state', 'returned')
  return 1
end, evenFull)
