-- wrk: the mixed load of the process tests. Every request carries a trace id of its own, which comes back with every answer, nginx's
-- own errors included; so each answer is known for what it answers, and judged.
-- Arguments: users.tsv (user id, token), service key, pattern ("GGPV": G = GET /users/me, P = PATCH /users/me, V = POST verify),
-- finish file: once it is there only GETs are sent, and a thread whose writes are all answered makes FINISH.NUMBER.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

local KINDS = {
  G = { method = "GET", path = function() return "/api/v1/users/me" end },
  P = { method = "PATCH", path = function() return "/api/v1/users/me" end, body = '{"first_name":"Ada"}' },
  V = { method = "POST", path = function(user) return "/api/v1/users/" .. user .. "/verify" end },
}

function init(args)
  users, kinds = {}, {}
  for line in io.lines(args[1]) do
    local user, token = line:match("^(%S+)\t(%S+)$")
    users[#users + 1] = { id = user, token = token }
  end
  for letter in args[3]:gmatch("%u") do kinds[#kinds + 1] = letter end
  key, finish = args[2], args[4]
  count, writes, finishing, told, position = 0, 0, false, false, number * 7
  answers, wrong = {}, {}
end

function request()
  count = count + 1
  position = position + 1
  if not finishing and count % 16 == 0 then
    local file = io.open(finish)
    if file then
      file:close()
      finishing = true
    end
  end
  -- wrk makes the first one only to look at it.
  local letter = (count == 1 or finishing) and "G" or kinds[position % #kinds + 1]
  local index = position % #users + 1
  local kind, user = KINDS[letter], users[index]
  local lines = { kind.method .. " " .. kind.path(user.id) .. " HTTP/1.1", "Host: localhost",
    string.format("X-Trace-ID: load-%s-%d-%d-%d", letter, index, number, count) }
  if letter == "V" then
    lines[#lines + 1] = "X-Service-API-Key: " .. key
    lines[#lines + 1] = "Content-Length: 0"
  else
    lines[#lines + 1] = "Authorization: Bearer " .. user.token
  end
  if kind.body then
    lines[#lines + 1] = "Content-Type: application/json"
    lines[#lines + 1] = "Content-Length: " .. #kind.body
  end
  if letter ~= "G" then writes = writes + 1 end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (kind.body or "")
end

local function judge(letter, index, status, headers, body)
  if status == 200 then
    if letter == "P" then return body:find('"success":true', 1, true) end
    return letter ~= "G" or body:find('"user_id":"' .. users[index].id .. '"', 1, true)
  end
  return headers["Content-Type"] == "application/json" and body:find('"error":{', 1, true)
    and (status < 502 or tonumber(headers["Retry-After"]))
end

function response(status, headers, body)
  local letter, index = (headers["X-Trace-ID"] or ""):match("^load%-(%u)%-(%d+)%-")
  letter, index = letter or "?", tonumber(index)
  local name = letter .. " " .. status
  answers[name] = (answers[name] or 0) + 1
  if not index or not judge(letter, index, status, headers, body) then
    if #wrong < 5 then wrong[#wrong + 1] = name .. " " .. body:sub(1, 300) end
  end
  if letter ~= "G" then writes = writes - 1 end
  if finishing and writes == 0 and not told then
    told = true
    io.open(finish .. "." .. number, "w"):close()
  end
end

function done(summary)
  local parts = {}
  for _, thread in ipairs(threads) do
    for name, number in pairs(thread:get("answers")) do parts[#parts + 1] = string.format("answer\t%s\t%d", name, number) end
    for _, text in ipairs(thread:get("wrong")) do parts[#parts + 1] = "wrong\t" .. text:gsub("%s", " ") end
  end
  local errors = summary.errors
  for _, name in ipairs({ "connect", "read", "write", "timeout" }) do
    parts[#parts + 1] = string.format("broken\t%s\t%d", name, errors[name])
  end
  io.write("\n" .. table.concat(parts, "\n") .. "\n")
end
