//! The scripts of the store. Each fails before its first write or not at all: Redis does not undo writes.

use redis::Script;

/// Returns the version of a stored value, an empty string if there is none, and `?` if it has another form.
const CURRENT: &str = "
local function current(key)
    local start = redis.call('GETRANGE', key, 0, 20)
    return start == '' and '' or string.match(start, '^(%d+):') or '?'
end
";

/// For each write a key, and as arguments the name in the index, the expected version (`*` for any, empty for none)
/// and the value. Returns the new versions, and false if the write is not permitted. The keys differ.
const PUT: &str = "
local counter, index, stored, versions = KEYS[1], KEYS[2], {}, {}
for i = 3, #KEYS do stored[i] = current(KEYS[i]) end
for i = 3, #KEYS do
    local at = (i - 3) * 3
    local now, expected = stored[i], ARGV[at + 2]
    if expected == '*' or expected == now then
        local version = redis.call('INCR', counter)
        redis.call('ZADD', index, 0, ARGV[at + 1])
        redis.call('SET', KEYS[i], string.format('%.0f:', version) .. ARGV[at + 3])
        versions[i - 2] = version
    else
        versions[i - 2] = false
    end
end
return versions
";

/// Returns 0 if the value does not have the expected version.
const DELETE: &str = "
if ARGV[2] ~= '*' and ARGV[2] ~= current(KEYS[1]) then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[1])
return 1
";

/// Returns the time of the server in milliseconds.
const NOW: &str = "
local function now()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
";

/// Returns the version, and nil if another holder has the lease.
const ACQUIRE: &str = "
local held, time = redis.call('HMGET', KEYS[2], 'holder', 'until'), now()
if held[1] and held[1] ~= ARGV[1] and time < tonumber(held[2]) then return false end
local version = redis.call('INCR', KEYS[1])
redis.call('HSET', KEYS[2], 'holder', ARGV[1], 'version', string.format('%.0f', version),
    'until', string.format('%.0f', time + ARGV[2]))
return version
";

/// Returns the version, and nil if the lease is lost.
const RENEW: &str = "
local held = redis.call('HMGET', KEYS[1], 'holder', 'version')
if held[1] ~= ARGV[1] then return false end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now() + ARGV[2]))
return tonumber(held[2])
";

const RELEASE: &str = "
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
";

pub(super) struct Scripts {
    pub(super) put: Script,
    pub(super) delete: Script,
    pub(super) acquire_lease: Script,
    pub(super) renew_lease: Script,
    pub(super) release_lease: Script,
}

impl Scripts {
    pub(super) fn new() -> Scripts {
        let script = |prelude: &str, code| Script::new(&format!("{prelude}{code}"));
        Scripts {
            put: script(CURRENT, PUT),
            delete: script(CURRENT, DELETE),
            acquire_lease: script(NOW, ACQUIRE),
            renew_lease: script(NOW, RENEW),
            release_lease: script("", RELEASE),
        }
    }
}
