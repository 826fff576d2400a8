-- One person under several names (members of different platforms) with one wallet: their names lead to the same account number, so
-- whatever names an account works unchanged. Exactly one of the names, the one whose own wallet it is, has no entry in :own.
--   :own          hash    member -> the wallet they had before they joined, which is theirs again when they leave
--   :link:<code>  string  member who may be joined with this code

local mostNames = 8

-- The names of a person (one unless linked); what fair share goes by: the name, or the number of the shared wallet; the wallet, nil
-- if there is none yet. `known` is the number of the wallet if the caller has it.
local function namesOf(root, name, known)
  local id = known or call('HGET', root .. ':accounts', name)
  local has = id and wallet(root, id) or nil
  if has and has.names then return cjson.decode(has.names), id, has end
  return { name }, name, has
end

-- Keeps who shares a wallet; one name alone shares nothing.
local function keepNames(root, id, names)
  if #names < 2 then
    call('HDEL', root .. ':account:' .. id, 'names')
  else
    call('HSET', root .. ':account:' .. id, 'names', cjson.encode(names))
  end
end

local function samePerson(root, a, b)
  if a == b then return true end
  local ids = call('HMGET', root .. ':accounts', a, b)
  return ids[1] and ids[1] == ids[2]
end

-- Free credits of the day that end with a link.
local function lapse(root, has, amount, op)
  if amount < 1 then return end
  has.free = has.free - amount
  move(root, has, { op = op, kind = 'expired', from = has.id .. ':avail', to = 'sys:expired', amount = amount })
end

-- Everything of one wallet into another. Free credits of a day count once: what is left of the fuller purse goes.
local function merge(root, from, into)
  local link = 'link:' .. digits(call('HINCRBY', root .. ':head', 'links', 1))
  if from.day == into.day then
    lapse(root, into, into.free - math.min(into.free, from.free), link .. ':free')
    lapse(root, from, from.free, link .. ':twice')
    into.got = math.max(into.got, from.got)
  elseif from.day < into.day then
    lapse(root, from, from.free, link .. ':free')
  else
    lapse(root, into, into.free, link .. ':free')
    into.free, into.day, into.got, from.free = from.free, from.day, from.got, 0
  end
  if from.avail > 0 then
    move(root, into, { op = link .. ':avail', kind = 'link', from = from.id .. ':avail', to = into.id .. ':avail', amount = from.avail }, from)
  end
  if from.held > 0 then
    move(root, into, { op = link .. ':held', kind = 'link', from = from.id .. ':held', to = into.id .. ':held', amount = from.held }, from)
    local open = call('HGETALL', root .. ':open-holds')
    for i = 1, #open, 2 do
      local id, rest = string.match(open[i + 1], '^(%w+)|(.*)$')
      if id == from.id then call('HSET', root .. ':open-holds', open[i], into.id .. '|' .. rest) end
    end
  end
  keep(root, from)
  keep(root, into)
end

-- The name goes back to its own wallet, which has had the free credits that the shared one has had.
local function goHome(root, name, shared)
  local id = call('HGET', root .. ':own', name)
  local own = wallet(root, id)
  if own.day == shared.day then
    own.got = math.max(own.got, shared.got)
  elseif own.day < shared.day then
    own.day, own.got = shared.day, shared.got
  end
  keep(root, own)
  call('HSET', root .. ':accounts', name, id)
  call('HDEL', root .. ':own', name)
end

-- Ends the sharing of a name, or of all names (also if it is its own wallet that is shared). Returns the name whose wallet it is and
-- those that left; nil where nothing is shared.
local function part(root, name, everybody)
  local names = namesOf(root, name)
  if #names < 2 then return nil end
  local shared = wallet(root, accountOf(root, name))
  local owner
  for _, one in ipairs(names) do
    if call('HEXISTS', root .. ':own', one) == 0 then owner = one end
  end
  local gone, left = {}, {}
  for _, one in ipairs(names) do
    if one ~= owner and (everybody or name == owner or one == name) then
      goHome(root, one, shared)
      gone[#gone + 1] = one
    else
      left[#left + 1] = one
    end
  end
  keepNames(root, shared.id, left)
  return owner, gone
end

-- tr_offer member code seconds: whoever brings this code is joined to the member
define('tr_offer', function(keys, args)
  local seconds = whole(args[3], 1)
  if not seconds then return bad('seconds') end
  call('SET', keys[1] .. ':link:' .. args[2], args[1], 'EX', seconds)
  return 1
end)

-- tr_link code member -> { 'ok' | 'unknown' | 'self' | 'many', name of the host }. The code works once; the host's wallet stays.
define('tr_link', function(keys, args)
  local root, code, name = keys[1], args[1], args[2]
  local host = call('GET', root .. ':link:' .. code)
  if not host or call('HEXISTS', root .. ':member:' .. host, 'banned') == 1 then return { 'unknown', '' } end
  local into, from = accountOf(root, host), accountOf(root, name)
  if into == from then return { 'self', host } end
  local hosts, guests = namesOf(root, host), namesOf(root, name)
  if #hosts + #guests > mostNames then return { 'many', host } end
  call('DEL', root .. ':link:' .. code)
  merge(root, wallet(root, from), wallet(root, into))
  for _, guest in ipairs(guests) do
    call('HSETNX', root .. ':own', guest, from)
    call('HSET', root .. ':accounts', guest, into)
    hosts[#hosts + 1] = guest
  end
  keepNames(root, into, hosts)
  keepNames(root, from, {})
  return { 'ok', host }
end)

-- tr_unlink member everybody(0|1) -> { name whose wallet it was, names that left... }, empty where nothing was shared
define('tr_unlink', function(keys, args)
  local owner, gone = part(keys[1], args[1], args[2] == '1')
  if not owner then return {} end
  return { owner, unpack(gone) }
end, evenFull)

-- tr_names member -> the names of the person
define('tr_names', function(keys, args)
  return (namesOf(keys[1], args[1]))
end, { 'no-writes' })

-- tr_statement account limit -> JSON array of journal rows, newest first, of the wallet and of those that were joined to it; `credits`
-- is what a row did to what can be spent.
define('tr_statement', function(keys, args)
  local root, name, limit = keys[1], args[1], whole(args[2], 1)
  if not limit then return bad('limit') end
  local id = call('HGET', root .. ':accounts', name)
  local mine, numbers, rows = {}, {}, {}
  local function collect(account)
    if mine[account .. ':avail'] then return end
    mine[account .. ':avail'] = true
    for _, n in ipairs(call('LRANGE', root .. ':entries:' .. account, 0, limit - 1)) do numbers[n] = true end
  end
  if id then collect(id) end
  for _, one in ipairs(namesOf(root, name)) do
    local own = call('HGET', root .. ':own', one)
    if own then collect(own) end
  end
  local order = {}
  for n in pairs(numbers) do order[#order + 1] = n end
  table.sort(order, function(a, b) return tonumber(a) > tonumber(b) end)
  for i = 1, math.min(limit, #order) do
    local found = call('XRANGE', root .. ':journal', order[i] .. '-0', order[i] .. '-0')[1]
    if found then
      local row = { n = tonumber(order[i]) }
      for k = 1, #found[2], 2 do row[found[2][k]] = found[2][k + 1] end
      row.at, row.amount = tonumber(row.at), tonumber(row.amount)
      row.credits = (mine[row.to] and row.amount or 0) - (mine[row.from] and row.amount or 0)
      rows[#rows + 1] = row
    end
  end
  return #rows == 0 and '[]' or cjson.encode(rows)
end, { 'no-writes' })

-- tr_close_account account -> 'ok' | 'held'. The journal keeps amounts under a number that then says nothing about anybody.
define('tr_close_account', function(keys, args)
  local root, name = keys[1], args[1]
  if not call('HGET', root .. ':accounts', name) then return 'ok' end
  part(root, name)
  local id = accountOf(root, name)
  local has = wallet(root, id)
  if has.held > 0 then return 'held' end
  if has.avail > 0 then
    has.free = 0
    move(root, has, { op = 'closed:' .. id, kind = 'expired', from = id .. ':avail', to = 'sys:expired', amount = has.avail })
  end
  call('HDEL', root .. ':accounts', name)
  call('DEL', root .. ':entries:' .. id)
  -- Who leaves and comes back has had the free credits of the day.
  call('SET', root .. ':left:' .. redis.sha1hex(name), 1, 'EX', 24 * 3600)
  return 'ok'
end, evenFull)
