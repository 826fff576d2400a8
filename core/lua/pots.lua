-- Credits that several members put together (凑份子). A pot is a wallet of its own, named 'pot:<id>', that jobs can be paid from; what
-- is not spent goes back to each in proportion to what they put in, to the credit.
--   :pot:<id>        hash  goal (0 = none), total put in, state open|closed, until (ms; 0 = for ever)
--   :pot-parts:<id>  hash  account -> credits put in, part of them that was free, its day
--   :pots            zset  open pots by until

local mostInPot = 1e6

local function partsOf(root, pot)
  local flat, parts = call('HGETALL', root .. ':pot-parts:' .. pot), {}
  for i = 1, #flat, 2 do
    local amount, free, day = string.match(flat[i + 1], '^(%d+)|(%d+)|(.*)$')
    parts[#parts + 1] = { name = flat[i], amount = tonumber(amount), free = tonumber(free), day = day }
  end
  table.sort(parts, function(a, b) return a.name < b.name end)
  return parts
end

-- What each gets of `left`: in proportion, rounded down, and the credits that rounding left over one by one to whom it cost most.
local function shares(parts, total, left)
  local rest = left
  for _, part in ipairs(parts) do
    part.back = math.floor(part.amount * left / total)
    part.lost = part.amount * left - part.back * total
    rest = rest - part.back
  end
  local order = {}
  for i, part in ipairs(parts) do order[i] = part end
  table.sort(order, function(a, b)
    if a.lost ~= b.lost then return a.lost > b.lost end
    return a.name < b.name
  end)
  for i = 1, rest do order[i].back = order[i].back + 1 end
end

-- tr_pot_open pot goal until -> 1 | 0 (there is one of that name)
define('tr_pot_open', function(keys, args)
  local root, pot, goal, last = keys[1], args[1], whole(args[2], 0), tonumber(args[3])
  if not goal or goal > mostInPot or not last or last < 0 then return bad('pot') end
  if call('EXISTS', root .. ':pot:' .. pot) == 1 then return 0 end
  call('HSET', root .. ':pot:' .. pot, 'goal', digits(goal), 'total', 0, 'state', 'open', 'until', args[3])
  call('ZADD', root .. ':pots', last == 0 and '+inf' or args[3], pot)
  return 1
end)

-- tr_pot_until pot until -> 1 | 0 (it is not open)
define('tr_pot_until', function(keys, args)
  local root, pot, last = keys[1], args[1], tonumber(args[2])
  if not last or last < 0 then return bad('pot') end
  if call('HGET', root .. ':pot:' .. pot, 'state') ~= 'open' then return 0 end
  call('HSET', root .. ':pot:' .. pot, 'until', args[2])
  call('ZADD', root .. ':pots', last == 0 and '+inf' or args[2], pot)
  return 1
end)

-- tr_chip op pot account credits -> { 'ok' | 'again' | 'differs' | 'poor' | 'full' | 'closed', credits taken, total }. Never more than
-- the goal needs.
define('tr_chip', function(keys, args)
  local root, op, pot, name, credits = keys[1], args[1], args[2], args[3], whole(args[4], 1)
  if not credits then return bad('credits') end
  local key = root .. ':pot:' .. pot
  local has = call('HMGET', key, 'state', 'goal', 'total')
  local total = tonumber(has[3] or 0)
  local asked = cjson.encode({ 'chip', pot, name, digits(credits) })
  local known = seen(root, op, asked)
  if known ~= 'new' then return { known, 0, total } end
  if has[1] ~= 'open' then return { 'closed', 0, total } end
  local goal = tonumber(has[2])
  local room = (goal > 0 and goal or mostInPot) - total
  if room < 1 then return { 'full', 0, total } end
  local amount = math.min(credits, room)
  local mine, purse = wallet(root, accountOf(root, name)), wallet(root, accountOf(root, 'pot:' .. pot))
  if mine.avail < amount then return { 'poor', mine.avail, total } end
  note(root, op, asked)
  local free = math.min(mine.free, amount)
  mine.free = mine.free - free
  local before = call('HGET', root .. ':pot-parts:' .. pot, name) or '0|0|'
  local put, kept, day = string.match(before, '^(%d+)|(%d+)|(.*)$')
  if day ~= mine.day then kept = 0 end
  call('HSET', root .. ':pot-parts:' .. pot, name,
    table.concat({ digits(tonumber(put) + amount), digits(tonumber(kept) + free), mine.day }, '|'))
  call('HSET', key, 'total', digits(total + amount))
  move(root, mine, { op = op, kind = 'chip', from = mine.id .. ':avail', to = purse.id .. ':avail', amount = amount, why = pot }, purse)
  return { 'ok', amount, total + amount }
end)

-- tr_pot pot -> JSON { state, goal, total, until, available, held, parts: [{ account, credits }] }, nil if there is none
define('tr_pot', function(keys, args)
  local root, pot = keys[1], args[1]
  local has = call('HMGET', root .. ':pot:' .. pot, 'state', 'goal', 'total', 'until')
  if not has[1] then return nil end
  local id = call('HGET', root .. ':accounts', 'pot:' .. pot)
  local purse = id and wallet(root, id) or { avail = 0, held = 0 }
  local parts = {}
  for i, part in ipairs(partsOf(root, pot)) do parts[i] = { account = part.name, credits = part.amount } end
  local text = cjson.encode({
    state = has[1], goal = tonumber(has[2]), total = tonumber(has[3]), ['until'] = tonumber(has[4]), available = purse.avail,
    held = purse.held,
  })
  return string.sub(text, 1, -2) .. ',"parts":' .. (#parts == 0 and '[]' or cjson.encode(parts)) .. '}'
end, { 'no-writes' })

-- tr_pot_close pot -> { 'ok' | 'held' | 'closed', account, credits back, account, ... }. 'held': a job is still being paid from it; then
-- its time is over from now on, so that it is closed as soon as the job has ended.
define('tr_pot_close', function(keys, args)
  local root, pot = keys[1], args[1]
  local key = root .. ':pot:' .. pot
  local has = call('HMGET', key, 'state', 'total')
  if has[1] ~= 'open' then return { 'closed' } end
  local total, answer = tonumber(has[2]), { 'ok' }
  local purse = wallet(root, accountOf(root, 'pot:' .. pot))
  if purse.held > 0 then
    call('ZADD', root .. ':pots', 0, pot)
    return { 'held' }
  end
  local parts = partsOf(root, pot)
  local unspent = purse.avail
  if unspent > 0 then
    shares(parts, total, unspent)
    for _, part in ipairs(parts) do
      if part.back > 0 then
        local mine = wallet(root, accountOf(root, part.name))
        -- What was free stays free on its own day; later it has become the member's to keep, as with every refund.
        if mine.day == part.day then mine.free = mine.free + math.min(part.free, part.back) end
        move(root, mine, { op = 'pot-back:' .. pot .. ':' .. mine.id, kind = 'pot-back', from = purse.id .. ':avail', to = mine.id .. ':avail', amount = part.back, why = pot }, purse)
        answer[#answer + 1] = part.name
        answer[#answer + 1] = part.back
      end
    end
  end
  call('HSET', key, 'state', 'closed')
  call('ZREM', root .. ':pots', pot)
  return answer
end, evenFull)
