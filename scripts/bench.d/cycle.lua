-- wrk: sends the requests of a file in turn, made beforehand so that the client costs little; prints one JSON line.
-- The file holds one request a record, records separated by a NUL. Each thread begins further on than the one before, by the part of the
-- file that the second argument says, so that they do not ask for the same user at the same time; the first at the third argument's.

local threads = 0

function setup(thread)
  thread:set("offset", threads)
  threads = threads + 1
end

function init(args)
  requests = {}
  local file = assert(io.open(args[1], "rb"))
  for record in file:read("*a"):gmatch("%Z+") do requests[#requests + 1] = record end
  file:close()
  position = math.floor(#requests * (tonumber(args[3]) + offset * tonumber(args[2])))
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
