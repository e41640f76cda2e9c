import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ownZone } from '../../src/cli/own-zone.ts'
import { showMoment } from '../../src/core/until.ts'

const file = fileURLToPath(new URL('../../src/cli/own-zone.ts', import.meta.url))

it.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['', 'UTC'],
  [':/etc/localtime', 'UTC'],
  ['No/Where', 'UTC'],
])('with TZ=%j it is %s', (TZ, zone) => {
  const found = execFileSync(process.execPath, ['-e', `import(${JSON.stringify(file)}).then((m) => process.stdout.write(m.ownZone()))`], {
    encoding: 'utf8',
    env: { ...process.env, TZ },
  })
  expect(found).toBe(zone)
  expect(showMoment(0, found)).toContain(`(${zone})`)
})

it('is never one that cannot be used', () => {
  expect(ownZone('Etc/Unknown')).toBe('UTC')
  expect(ownZone('Asia/Kolkata')).toMatch(/Kolkata|Calcutta/)
})
