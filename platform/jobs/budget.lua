-- One account's budget and its application's, decided at once by Valkey's clock: a worker's own may be minutes off.
--
-- KEYS  of the account: calls of the last minute, calls under way, calls by the hour, what the vendor said;
--       of the application: calls of the last minute, what the vendor said.
-- ARGV  one JSON object: `verb` (take, give, learn), its arguments (see budgets.py), and in tests `now`.
-- Times are milliseconds and are kept as values; keys expire only to be swept up.

local ask = cjson.decode(ARGV[1])
local minute, flying, hours, told, app_minute, app_told = unpack(KEYS)
local MINUTE, HOUR, DAY = 60000, 3600000, 86400000
local BUSY = 200 -- until another call under way may have ended

local function clock()
  local time = redis.call('time')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = ask.now or clock()

local function set(key, field, value)
  redis.call('hset', key, field, value)
  redis.call('pexpire', key, DAY + 2 * HOUR)
end

local function get(key, field)
  return tonumber(redis.call('hget', key, field) or nil)
end

-- What the vendor said is left of a window, and how long that is to be believed.
local function ration(key, window)
  local ends = get(key, window .. ':until')
  if ends and ends > now then return get(key, window .. ':left'), ends end
end

local function count(key)
  redis.call('zremrangebyscore', key, '-inf', now)
  return redis.call('zcard', key)
end

-- When the next place of a window is free in a log of calls, which holds each with the time until which it counts for
-- a minute. In a shorter window it counts for so much less.
local function free_at(key, most, window)
  local used = most and count(key)
  if not used or used < most then return now end
  local leaves = redis.call('zrange', key, used - most, used - most, 'WITHSCORES')[2] - MINUTE + window
  return math.min(leaves, now + window)
end

-- The same for a day, which is counted by the hour: an hour's calls count until the last of them is a day old.
local function day_free_at(most)
  local this, used, oldest = math.floor(now / HOUR), 0, nil
  local all = redis.call('hgetall', hours)
  for i = 1, #all, 2 do
    local hour = tonumber(all[i])
    if hour <= this - 25 then
      redis.call('hdel', hours, all[i])
    else
      used, oldest = used + all[i + 1], math.min(oldest or hour, hour)
    end
  end
  if used < most then return now end
  return math.min((oldest + 25) * HOUR, now + DAY)
end

local function log_call(key, lasts)
  redis.call('zadd', key, now + lasts + MINUTE, ask.slot)
  redis.call('pexpire', key, lasts + MINUTE)
end

-- Answers the milliseconds to wait and for what; none if the call is taken.
local function take()
  local ends, why = now, ''
  local function wait(reason, till)
    if till > ends then ends, why = till, reason end
  end

  wait('pause', get(told, 'pause') or 0)
  wait('application', get(app_told, 'pause') or 0)
  wait('moment', free_at(minute, ask.per_minute, MINUTE))
  wait('moment', free_at(minute, ask.burst, ask.burst_lasts))
  wait('application', free_at(app_minute, ask.application_per_minute, MINUTE))
  if count(flying) >= ask.concurrent then wait('moment', now + BUSY) end

  local function believe(reason, key, window, kept)
    local left, till = ration(key, window)
    if left and left <= kept then wait(reason, till) end
    return left
  end
  believe('moment', told, 'minute', 0)
  believe('application', app_told, 'minute', 0)
  if not believe('day', told, 'day', ask.kept) and ask.per_day then
    wait('day', day_free_at(ask.per_day - ask.kept))
  end
  if ends > now then return { math.ceil(ends - now), why } end

  log_call(minute, ask.lasts)
  if ask.application_per_minute then log_call(app_minute, ask.lasts) end
  redis.call('zadd', flying, now + ask.lasts, ask.slot)
  redis.call('pexpire', flying, ask.lasts)
  redis.call('hincrby', hours, math.floor(now / HOUR), 1)
  redis.call('pexpire', hours, DAY + 2 * HOUR)
  for _, of in ipairs({ { told, 'minute' }, { told, 'day' }, { app_told, 'minute' } }) do
    if ration(of[1], of[2]) then redis.call('hincrby', of[1], of[2] .. ':left', -1) end
  end
  return { 0, '' }
end

-- The vendor counted the call at some time until now: it counts for a minute from here, whenever that was.
local function give()
  redis.call('zrem', flying, ask.slot)
  redis.call('zadd', minute, 'XX', now + MINUTE, ask.slot)
  redis.call('zadd', app_minute, 'XX', now + MINUTE, ask.slot)
end

-- Answers overtake each other, so a little more than was known is no news. Much more is a new window, or the first
-- word of one: it ends after `length` at the latest.
local function believe(key, window, left, length)
  local known = ration(key, window)
  if not known or left > known + ask.concurrent then
    set(key, window .. ':until', now + length)
    set(key, window .. ':left', left)
  elseif left < known then
    set(key, window .. ':left', left)
  end
end

-- For the time that the vendor named, or for a short one that doubles while nothing else helps.
local function pause(key)
  local known, till = get(key, 'pause') or 0, nil
  if ask.wait then
    till = now + ask.wait
  elseif known <= now then
    local strikes = known > now - 2 * MINUTE and (get(key, 'strikes') or 0) + 1 or 1
    set(key, 'strikes', strikes)
    till = now + math.min(ask.short * 2 ^ (strikes - 1), MINUTE)
  end
  if till and till > known then set(key, 'pause', math.ceil(till)) end
end

local function learn()
  local under_way = count(flying) -- which the vendor may not have counted yet
  if ask.minute then believe(told, 'minute', ask.minute - under_way, MINUTE) end
  if ask.day then believe(told, 'day', ask.day - under_way, HOUR) end -- looked at again: it may have begun anew
  if ask.application_minute then believe(app_told, 'minute', ask.application_minute, MINUTE) end
  if ask.pause == 'account' then pause(told) end
  if ask.pause == 'application' then pause(app_told) end
end

return ({ take = take, give = give, learn = learn })[ask.verb]()
