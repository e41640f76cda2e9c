import { once } from 'node:events'
import { createSlackAdapter, type SlackOptions } from '../../src/chat/slack/slack.ts'
import { fakeDoor } from './fake-door.ts'

/* A process with nothing in it but an adapter: it starts, stops when its input ends, and must then end by itself. */

const options = JSON.parse(process.argv[2] ?? '') as SlackOptions
const adapter = createSlackAdapter({ ...options, commands: [], now: Date.now, onProblem: () => undefined })
await adapter.start(fakeDoor())
process.stdout.write('started\n')
process.stdin.resume()
await once(process.stdin, 'end')
await adapter.stop()
