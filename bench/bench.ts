import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Measured, Row } from './support/measured.ts'
import { ackDiscord, ackSlack } from './rows/ack.ts'
import { coldBot } from './rows/cold-bot.ts'
import { pickup } from './rows/pickup.ts'
import { rssTotal } from './rows/rss-total.ts'

/* `npm run bench -- [--json FILE] [ROW …]`: ours and the bare libraries side by side; medians. */

const rows: readonly Row[] = [ackSlack, ackDiscord, pickup, coldBot, rssTotal]

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !rows.some((row) => row.name === name))
if (unknown.length > 0) {
  process.stderr.write(`There is no row ${unknown.join(', ')}; rows are ${rows.map((row) => row.name).join(', ')}.\n`)
  process.exit(2)
}
const results: Measured[] = []
for (const row of rows.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const measured = await row.measure()
  results.push(measured)
  process.stdout.write(`${JSON.stringify(measured)}\n`)
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`)
