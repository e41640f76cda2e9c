import { mkdtempSync } from 'node:fs'
import { startPrivateRedis } from '../../src/queue/private-redis.ts'
import { openReceiver } from '../../src/queue/receiver.ts'
const folder = mkdtempSync('/tmp/jq-')
let server = await startPrivateRedis({ folder })
for (const wait of [0, 0, 10, 40, 100, 300, 700]) {
  const receiver = openReceiver({ address: { socketPath: server.socketPath }, queue: 'x', handle: async () => undefined, onProblem: (e) => console.log('  problem', String(e).slice(0, 100)) })
  await receiver.ready()
  process.kill(server.pid, 'SIGKILL'); await server.exited
  await new Promise((r) => setTimeout(r, wait))
  const t = performance.now()
  const done = await Promise.race([receiver.close().then(() => 'closed'), new Promise((r) => setTimeout(() => r('LATE'), 9000))])
  console.log(wait, done, Math.round(performance.now() - t))
  server = await startPrivateRedis({ folder })
}
const receiver = openReceiver({ address: { socketPath: server.socketPath }, queue: 'x', handle: async () => undefined })
await receiver.ready()
process.kill(server.pid, 'SIGSTOP')
const t = performance.now()
await receiver.close()
console.log('paused', Math.round(performance.now() - t))
await server.stop()
console.log('active', process.getActiveResourcesInfo())
