-- Writes and deletes items, each under its condition.
--
-- KEYS: one for each change. ARGV: `all` or `each`, and then for each change five:
--   what to do, `set` or `delete`;
--   its condition: `any`; `new`, for a key that is not there; or the version that it has;
--   the data; the content type, or nothing; the life in seconds, or 0.
-- With `all` either everything is done or nothing; with `each` what can be done is.
-- Answers which changes were not done: pairs of the change's number, and what the key has: a version, nothing where it is not there,
-- or `another` where that has no name.

local FIELDS = 5
local whole = ARGV[1] == 'all'

-- An item that is made anew begins with the time, so that it never has a version that the key had before.
local time = redis.call('TIME')
local newest = time[1] .. string.format('%06d', time[2])

-- What the keys have at this point of the changes: false for nothing, and true for something whose version nobody can know.
local now = {}

local function version(key)
  if now[key] == nil then
    local kind = redis.call('TYPE', key).ok
    if kind == 'none' then
      now[key] = false
    else
      now[key] = kind == 'hash' and redis.call('HGET', key, 'version') or true
    end
  end
  return now[key]
end

local function holds(condition, key)
  if condition == 'any' then
    return true
  elseif condition == 'new' then
    return version(key) == false
  end
  return version(key) == condition
end

local function set(key, data, content_type, life)
  if redis.call('TYPE', key).ok ~= 'hash' then
    redis.call('DEL', key)
  end
  local step = redis.call('HEXISTS', key, 'version') == 1 and redis.pcall('HINCRBY', key, 'version', 1)
  if type(step) ~= 'number' then
    redis.call('HSET', key, 'version', newest)
  end
  redis.call('HSET', key, 'data', data)
  if content_type == '' then
    redis.call('HDEL', key, 'content-type')
  else
    -- With the version, for whoever does not know this field leaves it as it is.
    redis.call('HSET', key, 'content-type', redis.call('HGET', key, 'version') .. ' ' .. content_type)
  end
  if life == '0' then
    redis.call('PERSIST', key)
  else
    redis.call('EXPIRE', key, life)
  end
end

local function change(number)
  local at = 2 + (number - 1) * FIELDS
  if ARGV[at] == 'set' then
    set(KEYS[number], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4])
  else
    redis.call('DEL', KEYS[number])
  end
end

local failed = {}
for number, key in ipairs(KEYS) do
  local at = 2 + (number - 1) * FIELDS
  if holds(ARGV[at + 1], key) then
    if not whole then
      change(number)
    end
    now[key] = ARGV[at] == 'set'
  else
    local has = version(key)
    failed[#failed + 1] = { number, has == true and 'another' or has or '' }
    if whole then
      return failed
    end
  end
end
if whole then
  for number in ipairs(KEYS) do
    change(number)
  end
end
return failed
