-- One line per model, ordered by start-time fair queueing (Goyal, Vin, Cheng 1996) over people (people.lua), cost = price: a job starts,
-- in virtual time, where its member's last one ends, or now. Who asks for much stands behind everybody's first job; nobody starves.
--   :models          set   models that ever had a line
--   :line:<model>    zset  waiting jobs by virtual start; equal ones by id, that is by age
--   :flight:<model>  zset  jobs handed to workers and not finished, by turn
--   :ends:<model>    hash  person -> virtual end of their last job; 'virtual' -> virtual time, the start of the job handed over last
--   :load:<model>    hash  'tier:seconds' -> number of such jobs in line and in flight

local function ahead(root, model, id)
  local rank = call('ZRANK', root .. ':line:' .. model, id)
  if rank then return rank + call('ZCARD', root .. ':flight:' .. model) end
  return call('ZRANK', root .. ':flight:' .. model, id) or 0
end

-- What stands in line and in flight: number of jobs by 'tier:seconds'.
local function loadOf(root, model)
  local flat, load = call('HGETALL', root .. ':load:' .. model), {}
  for i = 1, #flat, 2 do load[flat[i]] = tonumber(flat[i + 1]) end
  return load
end

-- Puts a job into the line; returns its virtual start and end. `turns` has by model what is known of :ends and what is new in it:
-- the caller keeps it (keepTurns), and counts the job in :load (burden).
local function enter(root, turns, model, member, id, cost)
  local key = root .. ':ends:' .. model
  local known = turns[model] or { virtual = tonumber(call('HGET', key, 'virtual') or 0), ends = {} }
  turns[model] = known
  local start = math.max(known.virtual, known.ends[member] or tonumber(call('HGET', key, member) or 0))
  local finish = start + math.max(cost, 1)
  known.ends[member] = finish
  call('ZADD', root .. ':line:' .. model, digits(start), id)
  return start, finish
end

local function keepTurns(root, turns)
  for model, known in pairs(turns) do
    local ends = {}
    for member, finish in pairs(known.ends) do append(ends, member, digits(finish)) end
    call('HSET', root .. ':ends:' .. model, unpack(ends))
  end
end

-- So many more jobs of this kind in line.
local function burden(root, model, work, more)
  if call('HINCRBY', root .. ':load:' .. model, work, digits(more)) == more then call('SADD', root .. ':models', model) end
end

-- Takes a job out of line and flight. Who cancels their last waiting job has not used their share.
local function leave(root, model, member, id, start, finish, work)
  local waited = call('ZREM', root .. ':line:' .. model, id)
  if waited + call('ZREM', root .. ':flight:' .. model, id) == 0 then return end
  if call('HINCRBY', root .. ':load:' .. model, work, -1) < 1 then call('HDEL', root .. ':load:' .. model, work) end
  if waited == 1 and tonumber(call('HGET', root .. ':ends:' .. model, member) or 0) == tonumber(finish) then
    call('HSET', root .. ':ends:' .. model, member, start)
  end
  if call('ZCARD', root .. ':line:' .. model) + call('ZCARD', root .. ':flight:' .. model) == 0 then
    call('DEL', root .. ':ends:' .. model)
  end
end

local function fly(root, model, id)
  call('ZADD', root .. ':flight:' .. model, call('HINCRBY', root .. ':head', 'turn', 1), id)
  call('HSET', root .. ':job:' .. id, 'dispatchedAt', digits(clock()))
end

-- tr_dispatch model room -> ids that are now in flight, at most so many together with those that were
define('tr_dispatch', function(keys, args)
  local root, model, room = keys[1], args[1], whole(args[2], 0)
  if not room then return bad('room') end
  local free = room - call('ZCARD', root .. ':flight:' .. model)
  if free < 1 then return {} end
  local popped, ids = call('ZPOPMIN', root .. ':line:' .. model, free), {}
  for i = 1, #popped, 2 do
    ids[#ids + 1] = popped[i]
    fly(root, model, popped[i])
    call('HSET', root .. ':ends:' .. model, 'virtual', popped[i + 1])
  end
  return ids
end, evenFull)

-- tr_position job -> JSON [model, jobs ahead, 'tier:seconds', load], nil once it is made or has ended
define('tr_position', function(keys, args)
  local root, id = keys[1], args[1]
  local job = call('HMGET', root .. ':job:' .. id, 'state', 'model', 'work')
  if job[1] ~= 'queued' and job[1] ~= 'running' then return nil end
  local before = job[1] == 'running' and 0 or ahead(root, job[2], id)
  return cjson.encode({ job[2], before, job[3], loadOf(root, job[2]) })
end, { 'no-writes' })
