import { connect } from 'node:net'
import { z } from 'zod'
import status from '../../commands/proxy/status.ts'
import { factsOf } from '../../src/core/host.ts'
import { layoutSchema } from '../../src/core/layout.ts'
import { observe } from '../../src/host/facts/observe.ts'
import { createLocalShell } from '../../src/host/shell-local.ts'
import { readyUntil, settingsOf } from './child.ts'
import { residentMegabytes } from './memory.ts'

/* A process that asks HAProxy how it does whenever it is told to, in one of three ways. */

const { side, layout, backends } = settingsOf(
  z.strictObject({ side: z.enum(['ours', 'json', 'csv']), layout: layoutSchema, backends: z.number() }),
)
const shell = createLocalShell(layout)

const ways = { ours: askOurs, json: askJson, csv: askCsv }

/** As the worker answers /proxy status. */
async function askOurs(): Promise<number> {
  if (status.risk !== 'read') throw new Error('a question')
  const facts = factsOf(layout, await observe({ shell, layout }, status.needs, { others: [], here: [] }, status.about?.({})))
  const answer = status.query({ args: {}, facts })
  if (answer.table?.rows.length !== 11 || !JSON.stringify(answer).includes('1/0/1/0')) throw new Error(`wrong: ${JSON.stringify(answer)}`)
  return facts.proxyStatus?.count ?? 0
}

async function askJson(): Promise<number> {
  const answer: unknown = JSON.parse(await ask('show stat json'))
  return Array.isArray(answer) ? countOf(answer.length) : 0
}

async function askCsv(): Promise<number> {
  const [titles = '', ...lines] = (await ask('show stat')).trim().split('\n')
  const names = titles.slice(2).split(',')
  const rows = lines.map((line) => {
    const fields = line.split(',')
    return Object.fromEntries(names.map((name, at) => [name, fields[at]]))
  })
  return countOf(rows.length)
}

/** Each backend has a server; frontends and helpers are few. */
function countOf(rows: number): number {
  return Math.floor(rows / 2 / 10) * 10
}

async function ask(command: string): Promise<string> {
  const socket = connect(layout.haproxy.socket)
  socket.write(`${command}\n`)
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(z.instanceof(Buffer).parse(part))
  return Buffer.concat(parts).toString()
}

const before = residentMegabytes([process.pid])
process.on('message', () => void measure())

async function measure(): Promise<void> {
  const began = performance.now()
  const count = await ways[side]()
  const milliseconds = performance.now() - began
  if (count !== backends) throw new Error(`${side} saw ${count} backends`)
  const megabytes = (process.resourceUsage().maxRSS * 1024) / 1e6 - before
  process.send?.({ milliseconds, megabytes })
}

readyUntil(() => shell.stop())
