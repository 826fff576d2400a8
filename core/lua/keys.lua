-- What every subject uses. One library, loaded by core/redis.ts; the files are joined in the order given there.
--
-- Rules of the house:
--   * KEYS[1] is the root of all keys, '{threadreel}' (tests use others); everything else derives from it and so lies in its slot.
--   * A function first reads and checks, then writes: Redis keeps what a failing function wrote before it failed.
--   * Credits are whole numbers below 10^12, far inside what a double holds exactly.
--   * Functions that give credits back or finish a job carry 'allow-oom': they must work when Redis is full. Those that take
--     something in (accept, grant, hold) do not: a full Redis takes no more work.
local function call(...)
  return redis.call(...)
end

-- Milliseconds by Redis's clock: one clock for all processes.
local function clock()
  local time = call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- The text of a whole number; Lua alone would write 1e+15.
local function digits(n)
  return string.format('%d', n)
end

-- A whole number of at least `least`, or nil.
local function whole(text, least)
  local n = tonumber(text)
  if n == nil or n ~= math.floor(n) or n < least or n > 1e12 then return nil end
  return n
end

local function append(list, a, b)
  list[#list + 1] = a
  list[#list + 1] = b
end

local function bad(what)
  return redis.error_reply('BADARG ' .. what)
end

local function define(name, callback, flags)
  redis.register_function { function_name = name, callback = callback, flags = flags or {} }
end
local evenFull = { 'allow-oom' }
