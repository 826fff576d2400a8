-- Double entry. Accounts are 'a7:avail' and 'a7:held' (a wallet, under a number that says nothing about its owner) and 'sys:issued',
-- 'sys:sold', 'sys:revenue', 'sys:expired'. Every movement takes from one and adds to another, so that all balances sum to zero:
--   issued + sold = available + held + revenue + expired.
--
--   :accounts      hash   name of an account -> its number ('a7'); linked members have the same (people.lua)
--   :account:<a7>  hash   avail, held, free (part of avail that expires), day (of the last free credits), got (how many those were),
--                         names (JSON; members that share this wallet; absent where it is one member's)
--   :system        hash   issued (negative), sold (negative), revenue, expired
--   :journal       stream one row per movement, id '<n>-0', without what it has not; each row's hash covers the one before
--   :head          hash   n and hash of the last row; other counters (jobs, accounts, ...)
--   :entries:<a7>  list   numbers of the last 200 rows of an account
--   :open-holds    hash   hold -> account, amount, part that was free, its day
--   :holds         hash   hold that has ended -> 'captured|released' and the same; kept for ever
--   :op:<op>       string what an operation was asked, for 30 days

local opSeconds = 30 * 24 * 3600
local entriesKept = 200

-- The number of an account; a new one if it has none.
local function accountOf(root, name)
  local id = call('HGET', root .. ':accounts', name)
  if id then return id end
  id = 'a' .. digits(call('HINCRBY', root .. ':head', 'accounts', 1))
  call('HSET', root .. ':accounts', name, id)
  return id
end

-- A wallet as a table. Read it once in a function; `move` changes the table and keeps it.
local function wallet(root, id)
  local has = call('HMGET', root .. ':account:' .. id, 'avail', 'held', 'free', 'day', 'got', 'names')
  local day, got = has[4] or '', tonumber(has[5] or 0)
  return {
    id = id, avail = tonumber(has[1] or 0), held = tonumber(has[2] or 0), free = tonumber(has[3] or 0), day = day, got = got,
    names = has[6], had = { day = day, got = got },
  }
end

local function add(root, has, account, amount, other)
  local colon = string.find(account, ':', 1, true)
  local owner, part = string.sub(account, 1, colon - 1), string.sub(account, colon + 1)
  local mine = owner == has.id and has or other and owner == other.id and other
  if mine then
    mine[part] = mine[part] + amount
  else
    call('HINCRBY', root .. ':system', part, digits(amount))
  end
end

local function keep(root, has)
  local key = root .. ':account:' .. has.id
  call('HSET', key, 'avail', digits(has.avail), 'held', digits(has.held), 'free', digits(has.free))
  if has.day == has.had.day and has.got == has.had.got then return end
  call('HSET', key, 'day', has.day, 'got', digits(has.got))
  has.had = { day = has.day, got = has.got }
end

local function enlist(root, has, n)
  local entries = root .. ':entries:' .. has.id
  if call('LPUSH', entries, n) > 2 * entriesKept then call('LTRIM', entries, 0, entriesKept - 1) end
end

-- The hash of a row: SHA-1 over the lengths in bytes of its eleven fields and the fields, so that none can pose as two
-- (core/books.ts).
local function linkOf(f)
  local lengths = string.format('%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d;', #f[1], #f[2], #f[3], #f[4], #f[5], #f[6], #f[7], #f[8], #f[9],
    #f[10], #f[11])
  return redis.sha1hex(lengths .. table.concat(f))
end

-- The last row of the journal, and how many jobs there were.
local function headOf(root)
  local has = call('HMGET', root .. ':head', 'n', 'hash', 'jobs')
  return { n = tonumber(has[1] or 0), hash = has[2] or '', jobs = tonumber(has[3] or 0) }
end

local function keepHead(root, head)
  call('HSET', root .. ':head', 'n', digits(head.n), 'hash', head.hash, 'jobs', digits(head.jobs))
end

-- Moves credits inside a wallet, or between it and the system or another wallet, and writes it down; keeps the wallets with whatever
-- else the caller changed in them (free, day, got). row: op, kind, from, to, amount; hold, by, why, at may be absent. Who has read
-- the head gives it, and keeps it after the last of their moves.
local function move(root, has, row, other, given)
  add(root, has, row.from, -row.amount, other)
  add(root, has, row.to, row.amount, other)
  keep(root, has)
  if other then keep(root, other) end
  local head = given or headOf(root)
  local n = digits(head.n + 1)
  local before, at, amount = head.hash, digits(row.at or clock()), digits(row.amount)
  local hold, by, why = row.hold or '', row.by or '', row.why or ''
  local hash = linkOf { before, n, at, row.op, row.kind, row.from, row.to, amount, hold, by, why }
  local fields = { 'at', at, 'op', row.op, 'kind', row.kind, 'from', row.from, 'to', row.to, 'amount', amount, 'hash', hash }
  if hold ~= '' then append(fields, 'hold', hold) end
  if by ~= '' then append(fields, 'by', by) end
  if why ~= '' then append(fields, 'why', why) end
  call('XADD', root .. ':journal', n .. '-0', unpack(fields))
  head.n, head.hash, head.changed = head.n + 1, hash, true
  if not given then keepHead(root, head) end
  enlist(root, has, n)
  if other then enlist(root, other, n) end
end

-- 'new', 'again' (the same was asked before) or 'differs' (the same operation was asked something else); does not write.
local function seen(root, op, asked)
  local known = call('GET', root .. ':op:' .. op)
  if not known then return 'new' end
  return known == asked and 'again' or 'differs'
end

local function note(root, op, asked)
  call('SET', root .. ':op:' .. op, asked, 'EX', opSeconds)
end

-- The free credits of a day: what is left of an earlier day's expires, then the new ones come. Who turns out on the same day to be
-- entitled to more (by a role) gets the rest. Returns how many came.
local function daily(root, name, has, credits, day, head)
  if credits == 0 or has.day > day or (has.day == day and has.got >= credits) then return 0 end
  if call('EXISTS', root .. ':left:' .. redis.sha1hex(name)) == 1 then return 0 end
  local id, left = has.id, has.free
  if has.day == day then
    local more = credits - has.got
    has.free, has.got = left + more, credits
    move(root, has, { op = 'daily:' .. id .. ':' .. day .. ':' .. digits(credits), kind = 'daily', from = 'sys:issued', to = id .. ':avail', amount = more }, nil, head)
    return more
  end
  if left > 0 then
    has.free = 0
    move(root, has, { op = 'expired:' .. id .. ':' .. has.day, kind = 'expired', from = id .. ':avail', to = 'sys:expired', amount = left }, nil, head)
  end
  has.free, has.day, has.got = credits, day, credits
  move(root, has, { op = 'daily:' .. id .. ':' .. day, kind = 'daily', from = 'sys:issued', to = id .. ':avail', amount = credits }, nil, head)
  return credits
end

-- Holds credits; free ones first, for they expire. The caller has checked that the hold is new and the wallet has them, and keeps
-- the text that is returned in :open-holds.
local function take(root, hold, has, amount, now, head)
  local id = has.id
  local free = math.min(has.free, amount)
  has.free = has.free - free
  move(root, has, { op = 'hold:' .. hold, kind = 'hold', from = id .. ':avail', to = id .. ':held', amount = amount, hold = hold, at = now }, nil, head)
  return table.concat({ id, digits(amount), digits(free), has.day }, '|')
end

-- An open hold; nil if there is none of that name, or it has ended.
local function holdOf(root, hold)
  local text = call('HGET', root .. ':open-holds', hold)
  if not text then return nil end
  local id, amount, free, day = string.match(text, '^(%w+)|(%d+)|(%d+)|(.*)$')
  return { text = text, id = id, amount = tonumber(amount), free = tonumber(free), day = day }
end

-- Ends a hold as 'captured' or 'released', once. False if it is not open.
local function finish(root, hold, how)
  local held = holdOf(root, hold)
  if not held then return false end
  local has = wallet(root, held.id)
  -- What was free stays free on its own day; later it has become the member's to keep.
  if how == 'released' and has.day == held.day then has.free = has.free + held.free end
  local to = how == 'captured' and 'sys:revenue' or held.id .. ':avail'
  local kind = how == 'captured' and 'capture' or 'release'
  move(root, has, { op = kind .. ':' .. hold, kind = kind, from = held.id .. ':held', to = to, amount = held.amount, hold = hold })
  call('HSET', root .. ':holds', hold, how .. '|' .. held.text)
  call('HDEL', root .. ':open-holds', hold)
  return true
end

-- tr_balance account -> { available, held }
define('tr_balance', function(keys, args)
  local id = call('HGET', keys[1] .. ':accounts', args[1])
  if not id then return { 0, 0 } end
  local has = wallet(keys[1], id)
  return { has.avail, has.held }
end, { 'no-writes' })

-- tr_grant op account credits reason by -> 'ok' | 'again' | 'differs'
define('tr_grant', function(keys, args)
  local root, op, name, credits = keys[1], args[1], args[2], whole(args[3], 1)
  if not credits then return bad('credits') end
  local asked = cjson.encode({ 'grant', name, digits(credits) })
  local known = seen(root, op, asked)
  if known ~= 'new' then return known end
  local id = accountOf(root, name)
  note(root, op, asked)
  move(root, wallet(root, id), { op = op, kind = 'grant', from = 'sys:issued', to = id .. ':avail', amount = credits, why = args[4], by = args[5] })
  return 'ok'
end)

-- tr_daily account credits day -> how many credits came
define('tr_daily', function(keys, args)
  local credits = whole(args[2], 0)
  if not credits then return bad('credits') end
  if not string.match(args[3], '^%d%d%d%d%-%d%d%-%d%d$') then return bad('day') end
  return daily(keys[1], args[1], wallet(keys[1], accountOf(keys[1], args[1])), credits, args[3])
end)

-- tr_hold hold account credits -> 'held' | 'poor' | 'used'
define('tr_hold', function(keys, args)
  local root, hold, name, credits = keys[1], args[1], args[2], whole(args[3], 1)
  if not credits then return bad('credits') end
  if call('HEXISTS', root .. ':open-holds', hold) + call('HEXISTS', root .. ':holds', hold) > 0 then return 'used' end
  local has = wallet(root, accountOf(root, name))
  if has.avail < credits then return 'poor' end
  call('HSET', root .. ':open-holds', hold, take(root, hold, has, credits, clock()))
  return 'held'
end)

-- tr_capture hold, tr_release hold -> 'ok' | 'closed'
define('tr_capture', function(keys, args)
  return finish(keys[1], args[1], 'captured') and 'ok' or 'closed'
end, evenFull)
define('tr_release', function(keys, args)
  return finish(keys[1], args[1], 'released') and 'ok' or 'closed'
end, evenFull)
