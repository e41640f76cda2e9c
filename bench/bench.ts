import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ackDiscord, ackSlack } from './rows/ack.ts'
import { coldBot } from './rows/cold-bot.ts'
import { jailCreateRows } from './rows/jail-create.ts'
import { fanOut } from './rows/fan-out.ts'
import { jailList } from './rows/jail-list.ts'
import { pickup } from './rows/pickup.ts'
import { proxyAddRows } from './rows/proxy-add.ts'
import { proxyLost } from './rows/proxy-lost.ts'
import { proxyRouting } from './rows/proxy-routing.ts'
import { proxyStatus } from './rows/proxy-status.ts'
import { rssTotal } from './rows/rss-total.ts'
import { shellSsh } from './rows/shell-ssh.ts'
import type { Measured, Row } from './support/measured.ts'

/* `npm run bench -- [--json FILE] [ROW …]`: ours and the bare libraries in turn, in one run; medians. */

const rows: readonly Row[] = [
  ackSlack,
  ackDiscord,
  pickup,
  coldBot,
  rssTotal,
  fanOut,
  shellSsh,
  jailList,
  ...jailCreateRows,
  ...proxyAddRows,
  proxyLost,
  proxyRouting,
  proxyStatus,
]

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !rows.some((row) => row.name === name))
if (unknown.length > 0) {
  process.stderr.write(`There is no row ${unknown.join(', ')}; rows are ${rows.map((row) => row.name).join(', ')}.\n`)
  process.exit(2)
}

const results: Measured[] = []
for (const row of rows.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  process.stdout.write(`${row.name}: ${row.about}\n`)
  const measured = await row.measure()
  results.push(measured)
  const { name: _name, ours, bare, ratio, unit, samples, ...more } = measured
  const numbers = [`ours ${ours} ${unit}`, `bare ${bare} ${unit}`, `ratio ${ratio}`, `samples ${samples}`]
  process.stdout.write(`  ${numbers.map((text) => text.padEnd(16)).join('')}\n`)
  for (const [key, value] of Object.entries(more)) process.stdout.write(`    ${key.padEnd(24)}${value}\n`)
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`)
