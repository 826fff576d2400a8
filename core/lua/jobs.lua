-- The life of a job (core/job.ts), fenced by the epoch of its claim, with its credits:
--
--   accept: hold -> queued -> claim: running -> rendered -> delivering -> settle: capture, delivered
--                      \_________\______________\____________\-> fail, cancel: release, failed -> told
--
--   :job:<id>           hash   the record; see tr_accept for its fields; kept for a year after its end, as is its clip's
--   :update:<update>    string job accepted for a platform's update, for 7 days
--   :active             zset   jobs that have not ended, by when they were made
--   :open:<member>      set    the member's jobs that are still to be made or delivered
--   :open-at            hash   how many such jobs a room has
--   :jobs:<member>      zset   all jobs of a member by number
--   :clip:<id>          string a clip's record (JSON)
--   :clips:<member>     zset   clips of a member by number of their job
--   :at:<message>       string job shown by a message, for 90 days

local updateSeconds = 7 * 24 * 3600
local messageSeconds = 90 * 24 * 3600
-- Records of ended jobs and their clips; the ledger keeps what they cost for ever.
local recordSeconds = 365 * 24 * 3600
-- A job that was claimed so often and never finished is given up.
local mostClaims = 3

local function jobKey(root, id)
  return root .. ':job:' .. id
end

-- The fields of a job that the steps below look at; nil if there is no such job.
local function jobOf(root, id)
  local has = call('HMGET', jobKey(root, id), 'state', 'epoch', 'member', 'place', 'model', 'work', 'start', 'finish', 'price',
    'claims', 'lease', 'worker', 'cancelling', 'clip', 'number', 'share')
  if not has[1] then return nil end
  return {
    id = id, state = has[1], epoch = tonumber(has[2]), member = has[3], place = has[4], model = has[5], work = has[6],
    start = has[7], finish = has[8], price = tonumber(has[9]), claims = tonumber(has[10] or 0), lease = tonumber(has[11] or 0),
    worker = has[12], cancelling = has[13] == '1', clip = has[14], number = has[15], share = has[16] or has[3],
  }
end

local function set(root, job, ...)
  call('HSET', jobKey(root, job.id), 'updatedAt', digits(clock()), ...)
end

local function leaveLine(root, job)
  leave(root, job.model, job.share, job.id, job.start, job.finish, job.work)
end

-- The member may ask for the next one.
local function close(root, job)
  if call('SREM', root .. ':open:' .. job.member, job.id) == 0 then return end
  if call('HINCRBY', root .. ':open-at', job.place, '-1') < 1 then call('HDEL', root .. ':open-at', job.place) end
end

-- It has ended: nobody has to look after it any more.
local function rest(root, job)
  call('ZREM', root .. ':active', job.id)
  call('EXPIRE', jobKey(root, job.id), recordSeconds)
  if job.clip then call('EXPIRE', root .. ':clip:' .. job.clip, recordSeconds) end
end

-- Gives the credits back and remembers why; only `tr_told` is left to do.
local function giveUp(root, job, failure)
  if job.price > 0 then finish(root, job.id, 'released') end
  set(root, job, 'state', 'failed', 'failure', failure)
  leaveLine(root, job)
  close(root, job)
end

-- Open jobs of a person, whatever name they asked under.
local function openOf(root, names)
  local open = 0
  for _, name in ipairs(names) do open = open + call('SCARD', root .. ':open:' .. name) end
  return open
end

local function failure(code)
  return '{"code":"' .. code .. '","params":{}}'
end

local function refusal(code, params)
  return cjson.encode({ refusal = { code = code, params = params } })
end

-- Ids and numbers only: nothing in it needs escaping.
local function ticket(job, waits, credits, repeated)
  return string.format('{"ticket":{"job":"%s","number":%d,"ahead":%d,"price":%d,"credits":%d,"repeated":%s}}', job.id, job.number,
    waits, job.price, credits, tostring(repeated))
end

-- An application is so many arguments of tr_accept; the first is its update, the fifth who asks, the seventh where.
local width = 14

-- What the applications of one tr_accept share: read once before them, written once after them.
local function together(root, args)
  local updates, members, places = {}, {}, {}
  for i = 1, #args, width do
    local n = #updates + 1
    updates[n], members[n], places[n] = root .. ':update:' .. args[i], args[i + 4], args[i + 6]
  end
  local jobs, accounts = call('MGET', unpack(updates)), call('HMGET', root .. ':accounts', unpack(members))
  local open = call('HMGET', root .. ':open-at', unpack(places))
  local known, account, openAt = {}, {}, {}
  for n = 1, #updates do
    known[args[(n - 1) * width + 1]], account[members[n]], openAt[places[n]] = jobs[n], accounts[n], tonumber(open[n] or 0)
  end
  return {
    head = headOf(root), now = clock(), known = known, account = account, openAt = openAt, flying = {}, turns = {}, load = {},
    holds = {}, active = {}, filled = {},
  }
end

local function keepTogether(root, shared)
  if shared.head.changed then keepHead(root, shared.head) end
  if #shared.active > 0 then call('ZADD', root .. ':active', unpack(shared.active)) end
  if #shared.holds > 0 then call('HSET', root .. ':open-holds', unpack(shared.holds)) end
  local open = {}
  for place in pairs(shared.filled) do append(open, place, digits(shared.openAt[place])) end
  if #open > 0 then call('HSET', root .. ':open-at', unpack(open)) end
  keepTurns(root, shared.turns)
  for model, kinds in pairs(shared.load) do
    for work, more in pairs(kinds) do burden(root, model, work, more) end
  end
end

-- One application.
local function accept(root, shared, update, salt, request, price, member, payer, place, platform, model, work, memberOpen, placeOpen,
  free, day)
  price, memberOpen, placeOpen, free = whole(price, 0), whole(memberOpen, 0), whole(placeOpen, 0), whole(free, 0)
  if not (price and memberOpen and placeOpen and free and day) then return bad('accept') end

  local known = shared.known[update]
  if known then
    local job = jobOf(root, known)
    if not job then return refusal('refusal.job-gone', { job = known }) end
    local waits = job.state == 'queued' and ahead(root, job.model, job.id) or 0
    return ticket(job, waits, wallet(root, accountOf(root, payer)).avail, true)
  end
  local names, share, mine = namesOf(root, member, shared.account[member])
  if openOf(root, names) >= memberOpen then return refusal('refusal.member-limit', { count = memberOpen }) end
  if shared.openAt[place] >= placeOpen then return refusal('refusal.place-limit', { count = placeOpen }) end
  local has = payer == member and mine or wallet(root, accountOf(root, payer))
  local head, now = shared.head, digits(shared.now)
  if payer == member then daily(root, payer, has, free, day, head) end
  if has.avail < price then return refusal('refusal.credits', { price = price, credits = has.avail }) end

  local number = head.jobs + 1
  head.jobs, head.changed = number, true
  -- Ids sort by age; the number makes them unique, the salt makes them hard to guess.
  local id = string.format('j%08d-%s', number, salt)
  call('SET', root .. ':update:' .. update, id, 'EX', updateSeconds)
  shared.known[update] = id
  if price > 0 then append(shared.holds, id, take(root, id, has, price, shared.now, head)) end
  local start, finish = enter(root, shared.turns, model, share, id, price)
  call('HSET', jobKey(root, id), 'number', digits(number), 'state', 'queued', 'request', request, 'price', digits(price), 'epoch', '0',
    'member', member, 'place', place, 'platform', platform, 'model', model, 'work', work, 'start', digits(start),
    'finish', digits(finish), 'createdAt', now, 'updatedAt', now)
  if share ~= member then call('HSET', jobKey(root, id), 'share', share) end
  call('SADD', root .. ':open:' .. member, id)
  call('ZADD', root .. ':jobs:' .. member, digits(number), id)
  append(shared.active, now, id)
  shared.openAt[place], shared.filled[place] = shared.openAt[place] + 1, true
  local load = shared.load[model] or {}
  shared.load[model], load[work] = load, (load[work] or 0) + 1
  shared.flying[model] = shared.flying[model] or call('ZCARD', root .. ':flight:' .. model)
  local waits = call('ZRANK', root .. ':line:' .. model, id) + shared.flying[model]
  return ticket({ id = id, number = number, price = price }, waits, has.avail, false)
end

-- tr_accept { update salt request price member payer place platform model work memberOpen placeOpen daily day }, once or more
--   -> for each a JSON { ticket } | { refusal }
-- Several in one call are as good as one call each, and cheaper: see core/intake.ts. One that fails takes none of the others along.
define('tr_accept', function(keys, args)
  local root, answers = keys[1], {}
  if #args == 0 or #args % width > 0 then return bad('accept') end
  local shared = together(root, args)
  for i = 1, #args, width do
    local done, answer = pcall(accept, root, shared, unpack(args, i, i + width - 1))
    answers[#answers + 1] = done and answer or redis.error_reply('ERR ' .. tostring(type(answer) == 'table' and answer.err or answer))
  end
  keepTogether(root, shared)
  return answers
end)

-- tr_claim job worker leaseMs -> epoch | 0 (nothing to do) | -1 (given up just now, the member is to be told)
define('tr_claim', function(keys, args)
  local root, worker, lease = keys[1], args[2], whole(args[3], 1)
  if not lease then return bad('lease') end
  local job = jobOf(root, args[1])
  if not job then return 0 end
  local now = clock()
  local free = job.state == 'queued' or (job.state == 'running' and (job.worker == worker or job.lease < now))
  if not free then return 0 end
  if job.cancelling or job.claims >= mostClaims then
    giveUp(root, job, failure(job.cancelling and 'failure.cancelled' or 'failure.crashed'))
    return -1
  end
  if call('ZREM', root .. ':line:' .. job.model, job.id) == 1 then fly(root, job.model, job.id) end
  set(root, job, 'state', 'running', 'epoch', job.epoch + 1, 'claims', job.claims + 1, 'worker', worker, 'lease', digits(now + lease))
  return job.epoch + 1
end, evenFull)

-- tr_renew job epoch leaseMs -> 'ok' | 'cancel' | 'lost'
define('tr_renew', function(keys, args)
  local root, epoch, lease = keys[1], tonumber(args[2]), whole(args[3], 1)
  if not lease then return bad('lease') end
  local job = jobOf(root, args[1])
  if not job or job.state ~= 'running' or job.epoch ~= epoch then return 'lost' end
  if job.cancelling then return 'cancel' end
  set(root, job, 'lease', digits(clock() + lease))
  return 'ok'
end, evenFull)

-- tr_hand_back job epoch -> 1 | 0 (not yours any more). A worker that is asked to stop wears nothing out: the claim does not count,
-- the epoch stays spent.
define('tr_hand_back', function(keys, args)
  local root, epoch = keys[1], tonumber(args[2])
  local job = jobOf(root, args[1])
  if not job or job.state ~= 'running' or job.epoch ~= epoch then return 0 end
  set(root, job, 'state', 'queued', 'claims', job.claims - 1, 'lease', 0)
  return 1
end, evenFull)

-- tr_rendered job epoch clip record -> 1 | 0 (not yours any more) | -1 (was cancelled: ended just now, the member is to be told)
define('tr_rendered', function(keys, args)
  local root, epoch, clip, record = keys[1], tonumber(args[2]), args[3], args[4]
  local job = jobOf(root, args[1])
  if not job or job.epoch ~= epoch then return 0 end
  if job.clip == clip and job.state ~= 'failed' and job.state ~= 'told' then return 1 end
  if job.state ~= 'running' then return 0 end
  if job.cancelling then
    giveUp(root, job, failure('failure.cancelled'))
    return -1
  end
  call('SET', root .. ':clip:' .. clip, record)
  call('ZADD', root .. ':clips:' .. job.member, job.number, clip)
  set(root, job, 'state', 'rendered', 'clip', clip)
  leaveLine(root, job)
  return 1
end, evenFull)

-- tr_fail job epoch|'' failure -> 1 | 0 (had ended, or not yours any more)
define('tr_fail', function(keys, args)
  local root, epoch = keys[1], tonumber(args[2])
  local job = jobOf(root, args[1])
  if not job then return 0 end
  if epoch and (job.epoch ~= epoch or job.state ~= 'running') then return 0 end
  if job.state == 'failed' or job.state == 'told' or job.state == 'delivered' then return 0 end
  giveUp(root, job, args[3])
  return 1
end, evenFull)

-- By the member under any of their names, or an operator.
-- tr_cancel job member operator(0|1) -> 'cancelled' | 'cancelling' | 'too-late' | 'not-yours' | 'unknown'
define('tr_cancel', function(keys, args)
  local root = keys[1]
  local job = jobOf(root, args[1])
  if not job then return 'unknown' end
  if not samePerson(root, job.member, args[2]) and args[3] ~= '1' then return 'not-yours' end
  if job.state == 'queued' then
    giveUp(root, job, failure('failure.cancelled'))
    return 'cancelled'
  end
  if job.state ~= 'running' then return 'too-late' end
  set(root, job, 'cancelling', 1)
  return 'cancelling'
end, evenFull)

-- tr_delivering job -> how often it was tried with this one, 0 = there is nothing to say
define('tr_delivering', function(keys, args)
  local root = keys[1]
  local job = jobOf(root, args[1])
  if not job then return 0 end
  if job.state == 'rendered' or job.state == 'delivering' then
    set(root, job, 'state', 'delivering')
    return call('HINCRBY', jobKey(root, job.id), 'tries', 1)
  end
  return job.state == 'failed' and call('HINCRBY', jobKey(root, job.id), 'tellings', 1) or 0
end, evenFull)

-- tr_settle job place message -> 1 | 0 (not being delivered, or done before)
define('tr_settle', function(keys, args)
  local root, place, message = keys[1], args[2], args[3]
  local job = jobOf(root, args[1])
  if not job or job.state ~= 'delivering' then return 0 end
  if job.price > 0 then finish(root, job.id, 'captured') end
  set(root, job, 'state', 'delivered', 'posted', place)
  call('SET', root .. ':at:' .. message, job.id, 'EX', messageSeconds)
  close(root, job)
  rest(root, job)
  return 1
end, evenFull)

-- tr_told job -> 1 | 0 (nothing to tell, or told before)
define('tr_told', function(keys, args)
  local root = keys[1]
  local job = jobOf(root, args[1])
  if not job or job.state ~= 'failed' then return 0 end
  set(root, job, 'state', 'told')
  rest(root, job)
  return 1
end, evenFull)

-- tr_status job place message
define('tr_status', function(keys, args)
  local root = keys[1]
  local job = jobOf(root, args[1])
  if not job then return 0 end
  call('HSET', jobKey(root, job.id), 'status', args[2])
  call('SET', root .. ':at:' .. args[3], job.id, 'EX', messageSeconds)
  return 1
end, evenFull)

-- tr_erase job -> 1 | 0 (still open). The ledger keeps its amounts.
define('tr_erase', function(keys, args)
  local root = keys[1]
  local job = jobOf(root, args[1])
  if not job or (job.state ~= 'delivered' and job.state ~= 'told') then return 0 end
  call('DEL', jobKey(root, job.id))
  call('ZREM', root .. ':jobs:' .. job.member, job.id)
  if job.clip then
    call('ZREM', root .. ':clips:' .. job.member, job.clip)
    call('DEL', root .. ':clip:' .. job.clip)
  end
  return 1
end, evenFull)

-- tr_mend job -> 1 if a waiting job that stood nowhere is back in line
define('tr_mend', function(keys, args)
  local root = keys[1]
  local job = jobOf(root, args[1])
  if not job or job.state ~= 'queued' then return 0 end
  if call('ZSCORE', root .. ':line:' .. job.model, job.id) or call('ZSCORE', root .. ':flight:' .. job.model, job.id) then return 0 end
  call('ZADD', root .. ':line:' .. job.model, job.start, job.id)
  call('HINCRBY', root .. ':load:' .. job.model, job.work, 1)
  return 1
end, evenFull)
