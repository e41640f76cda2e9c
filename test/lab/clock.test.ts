import { readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  await lab.sh('cp -a /usr/jails/.base /usr/jails/one; jail -c name=one path=/usr/jails/one persist')
})
afterAll(() => lab.remove())

const inOne = (path: string) => join(lab.hostFolder, 'usr/jails/one', path)

it('tzsetup copies the zone, date follows it, summer and winter', async () => {
  const day = `jexec one date -r 1784116800 '+%F %T %Z %z'; jexec one date -r 1800000000 '+%a %b %e %H:%M %Z'`
  expect((await lab.sh(day)).text).toBe('2026-07-15 12:00:00 UTC +0000\nFri Jan 15 08:00 UTC\n')
  expect(await lab.sh('jexec one tzsetup Europe/Berlin')).toEqual({ code: 0, text: '' })
  expect(readFileSync(inOne('var/db/zoneinfo'), 'utf8')).toBe('Europe/Berlin\n')
  expect(readFileSync(inOne('etc/localtime'), 'utf8')).toMatch(/^TZif2[^]*\nCET-1CEST,M3\.5\.0,M10\.5\.0\/3\n$/)
  expect((await lab.sh(day)).text).toBe('2026-07-15 14:00:00 CEST +0200\nFri Jan 15 09:00 CET\n')
  expect((await lab.sh(`jexec one tzsetup -s America/New_York; ${day}`)).text).toBe('2026-07-15 08:00:00 EDT -0400\nFri Jan 15 03:00 EST\n')
  expect((await lab.sh('jexec one date -u -r 0')).text).toBe('Thu Jan  1 00:00:00 UTC 1970\n')
})

it('an unknown zone fails and changes nothing; a link stays a link', async () => {
  await lab.sh('jexec one tzsetup Asia/Tokyo')
  expect(await lab.sh('jexec one tzsetup Mars/Olympus')).toEqual({
    code: 1,
    text: 'Could not open /usr/share/zoneinfo/Mars/Olympus: No such file or directory\n',
  })
  expect(readFileSync(inOne('var/db/zoneinfo'), 'utf8')).toBe('Asia/Tokyo\n')
  await lab.sh('jexec one rm /etc/localtime')
  symlinkSync('/usr/share/zoneinfo/UTC', inOne('etc/localtime'))
  await lab.sh('jexec one tzsetup Europe/London')
  expect(readlinkSync(inOne('etc/localtime'))).toBe('/usr/share/zoneinfo/Europe/London')
})

it('sets the zone of a root from the host', async () => {
  await lab.sh('cp -a /usr/jails/.base /usr/jails/two')
  expect(await lab.sh('tzsetup -C /usr/jails/two Asia/Tokyo')).toEqual({ code: 0, text: '' })
  expect(readFileSync(join(lab.hostFolder, 'usr/jails/two/var/db/zoneinfo'), 'utf8')).toBe('Asia/Tokyo\n')
  expect((await lab.sh('tzsetup -C /usr/jails/two Mars')).text).toBe(
    'Could not open /usr/jails/two/usr/share/zoneinfo/Mars: No such file or directory\n',
  )
})

it('freebsd-version tells kernel and userland apart', async () => {
  expect((await lab.sh('freebsd-version; freebsd-version -kru; freebsd-version -j one')).text).toBe(
    '15.1-RELEASE-p1\n15.1-RELEASE-p1\n15.1-RELEASE-p1\n15.1-RELEASE-p1\n15.1-RELEASE\n',
  )
  expect((await lab.sh('jexec one freebsd-version; jexec one freebsd-version -r')).text).toBe('15.1-RELEASE\n15.1-RELEASE-p1\n')
  expect(await lab.sh('jexec one freebsd-version -k')).toEqual({ code: 1, text: 'freebsd-version: unable to locate kernel\n' })
  expect(await lab.sh('freebsd-version -j nosuch')).toEqual({ code: 1, text: 'jexec: jail "nosuch" not found\n' })
})
