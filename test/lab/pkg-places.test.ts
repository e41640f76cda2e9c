import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLab } from '../../src/lab/lab.ts'
import { runShell, temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
})
afterAll(() => lab.remove())

it('works in a chroot, in a thin jail, and remembers over a reboot', async () => {
  await lab.sh('cp -a /usr/jails/.base /usr/jails/two')
  expect((await lab.sh('chroot /usr/jails/two pkg bootstrap -y')).text).toMatch(/\nInstalling pkg-2\.4\.2\.\.\.\n/)
  await lab.sh('mkdir -p /usr/jails/thin/.base /usr/jails/thin/usr/local /usr/jails/thin/var/db /usr/jails/thin/etc')
  await lab.sh('mount -t nullfs -o ro /usr/jails/.base /usr/jails/thin/.base; jail -c name=thin path=/usr/jails/thin persist')
  expect(await lab.sh('pkg -j thin install -y redis')).toMatchObject({ code: 0 })
  await lab.stop()
  const again = await startLab({ folder: lab.folder })
  try {
    const ran = await runShell(
      again.layout.programFolders,
      'pkg -r /usr/jails/thin info -e redis && pkg -r /usr/jails/two info -q && pkg info -q',
    )
    expect(ran).toEqual({ code: 0, text: 'pkg-2.4.2\npkg-2.4.2\n' })
  } finally {
    await again.stop()
  }
})
