import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeEach(async () => {
  lab = await temporaryLab({ zfs: true, managers: ['iocage'] })
  await lab.sh('iocage fetch -r 15.0-RELEASE --noeol; iocage create -n old -r 15.0-RELEASE')
})
afterEach(() => lab.remove())

const releaseOf = async (name: string) => (await lab.sh(`iocage get release ${name}`)).text

describe('iocage update', () => {
  it('takes a snapshot, raises the patch level, and stops what it started', async () => {
    const { code, text } = await lab.sh('iocage update old')
    expect([code, text.split('\n').at(-2)]).toEqual([0, 'old updates have been applied successfully.'])
    expect(await releaseOf('old')).toMatch(/^15\.0-RELEASE-p\d+\n$/)
    expect((await lab.sh('iocage get state old; iocage snaplist -h old')).text).toMatch(/^down\nioc_update_15\.0-RELEASE_/)
  })

  it('fails where there is nothing to install, and leaves the jail running that it started', async () => {
    await lab.sh('iocage update old')
    const { code, text } = await lab.sh('iocage update old')
    expect([code, text]).toEqual([1, expect.stringContaining('No updates are available to install.')])
    expect((await lab.sh('iocage get state old')).text).toBe('up\n')
  })

  it('of a basejail updates the release, for all that look at it', async () => {
    await lab.sh('iocage create -n one -b -r 15.0-RELEASE; iocage create -n two -b -r 15.0-RELEASE; iocage update one')
    expect([await releaseOf('one'), await releaseOf('old')]).toEqual([await releaseOf('two'), '15.0-RELEASE\n'])
    expect(await releaseOf('two')).toMatch(/-p\d+\n$/)
  })
})

describe('iocage upgrade', () => {
  it('brings a jail to another release', async () => {
    expect((await lab.sh('iocage upgrade old -r 15.1-RELEASE')).text).toMatch(
      /\nold successfully upgraded from 15\.0-RELEASE to 15\.1-RELEASE(-p\d+)?!\n$/,
    )
    expect(await releaseOf('old')).toMatch(/^15\.1-RELEASE/)
  })

  it('lets a basejail look at another one, once a day', async () => {
    await lab.sh('iocage create -n one -b -r 15.0-RELEASE; iocage upgrade one -r 15.1-RELEASE')
    expect((await lab.sh('iocage fstab -l -h one')).text).toContain('/releases/15.1-RELEASE/root/bin\t')
    await lab.sh('iocage set notes=x one; iocage rollback one -n ioc_upgrade_$(date -u +%F) -f')
    expect(await lab.sh('iocage upgrade one -r 15.1-RELEASE')).toEqual({ code: 1, text: 'Snapshot already exists!\n' })
  })

  it('says success where it did nothing', async () => {
    await lab.sh('iocage start old; rm /iocage/jails/old/root/etc/freebsd-update.conf')
    expect(await lab.sh('iocage upgrade old -r 15.1-RELEASE')).toEqual({
      code: 0,
      text: '\nold successfully upgraded from 15.0-RELEASE to None!\n',
    })
  })
})
