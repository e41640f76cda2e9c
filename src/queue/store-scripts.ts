import { scriptOf } from './script.ts'

/*
 * What must happen in one step happens in Redis. A script's first write is one that a full Redis refuses, so that it does all or nothing.
 * Keys of a record: a hash of `record` (the sealed text) and `revision`.
 */

/**
 * KEYS delivery, record, open. ARGV id, sealed text, created at, deadline by Redis's clock, milliseconds to remember a delivery.
 * Answers verdict, id, Redis's time. A delivery that is known is answered at any hour: it was stored in time.
 */
export const admitScript = scriptOf(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local said = string.format('%.3f', now)
local first = redis.call('GET', KEYS[1])
if first then return {'stored', first, said} end
if now > tonumber(ARGV[4]) then return {'late', '', said} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[5])
redis.call('HSET', KEYS[2], 'record', ARGV[2], 'revision', 1)
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
return {'stored', ARGV[1], said}`)

/**
 * Takes back what was stored after its sender had given up. KEYS as above. ARGV id, sealed text. Only while nobody went on with it.
 * Its text is always sent whole: it must have its effect also where no answer comes back.
 */
export const forgetScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
if redis.call('HGET', KEYS[2], 'record') ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1`

/**
 * KEYS lease, record, open, recent. ARGV lease token, id, sealed text, revision, '1' when the request has ended, milliseconds to keep it then.
 * The same text again is 'saved' again: its first answer may have been lost.
 */
export const saveScript = scriptOf(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'lost' end
local kept = tonumber(redis.call('HGET', KEYS[2], 'revision') or '0') or 0
if kept >= tonumber(ARGV[4]) then
  if redis.call('HGET', KEYS[2], 'record') == ARGV[3] then return 'saved' end
  return 'stale'
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], 'record', ARGV[3], 'revision', ARGV[4])
redis.call('ZADD', KEYS[4], 'NX', now, ARGV[2])
if ARGV[5] == '1' then
  redis.call('ZREM', KEYS[3], ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
else
  redis.call('ZADD', KEYS[3], 'NX', now, ARGV[2])
  redis.call('PERSIST', KEYS[2])
end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - tonumber(ARGV[6]))
return 'saved'`)
