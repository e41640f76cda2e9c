import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Load {
  requests: number
  /** Connections that failed, were closed in the middle of an answer, or had none in time. */
  errors: number
  /** Answers that were not 2xx. */
  wrong: number
}

/** wrk on one thread, asking for a random one of the hosts each time. */
export async function wrk(folder: string, port: number, hosts: readonly string[], seconds: number): Promise<Load> {
  const script = join(folder, 'hosts.lua')
  writeFileSync(script, luaScript(hosts))
  const args = ['-t1', '-c32', `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}/`]
  const { stdout } = await promisify(execFile)('wrk', args).catch((error: unknown) => {
    throw new Error('This row needs wrk: apt-get install wrk, or pkg install wrk.', { cause: error })
  })
  const [requests = '0', connect = '0', read = '0', write = '0', timeout = '0', wrong = '0'] =
    /^said (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(stdout)?.slice(1) ?? []
  return {
    requests: Number(requests),
    errors: [connect, read, write, timeout].map(Number).reduce((sum, one) => sum + one, 0),
    wrong: Number(wrong),
  }
}

function luaScript(hosts: readonly string[]): string {
  return `
local requests = {}
local count = 0
for host in string.gmatch([[${hosts.join(' ')}]], "%S+") do
  count = count + 1
  requests[count] = "GET / HTTP/1.1\\r\\nHost: " .. host .. "\\r\\n\\r\\n"
end
request = function() return requests[math.random(count)] end
done = function(summary, latency, answered)
  local e = summary.errors
  io.write(string.format("said %d %d %d %d %d %d\\n", summary.requests, e.connect, e.read, e.write, e.timeout, e.status))
end
`
}
