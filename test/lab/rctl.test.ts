import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryLab, writeBelow, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab({}, (host) => {
    writeBelow(host, 'boot/loader.conf', '# limits\nkern.racct.enable="1"\n')
    writeBelow(host, 'etc/rctl.conf', '# at boot\njail:web:maxproc:deny=100   # enough\n')
  })
  await lab.sh('cp -a /usr/jails/.base /usr/jails/web; jail -c name=web path=/usr/jails/web persist')
})
afterAll(() => lab.remove())

describe('rctl', () => {
  it('has the rules of /etc/rctl.conf after the boot', async () => {
    expect(await lab.sh('rctl')).toEqual({ code: 0, text: 'jail:web:maxproc:deny=100\n' })
    expect((await lab.sh('service rctl restart; rctl jail:web')).text).toBe('jail:web:maxproc:deny=100\n')
  })

  it('adds, lists by a filter and removes', async () => {
    await lab.sh('rctl -a jail:web:memoryuse:deny=512m; rctl -a jail:db:vmemoryuse:log=1g jail:db:pcpu:log=50')
    expect((await lab.sh('rctl jail:web')).text).toBe('jail:web:maxproc:deny=100\njail:web:memoryuse:deny=536870912\n')
    expect((await lab.sh('rctl -h j:db')).text).toBe('jail:db:vmemoryuse:log=1G\njail:db:pcpu:log=50\n')
    expect((await lab.sh('rctl -r jail:web:memoryuse:deny=512m jail:db; rctl')).text).toBe('jail:web:maxproc:deny=100\n')
    expect(await lab.sh('rctl -r jail:db')).toEqual({ code: 1, text: "rctl: failed to remove rule 'jail:db': No such process\n" })
  })

  it.each([
    ['rctl -a jail:web:memoryuse:refuse=1', "rctl: failed to add rule 'jail:web:memoryuse:refuse=1': Invalid argument\n"],
    ['rctl -a jail:web:memoryuse:deny', "rctl: failed to add rule 'jail:web:memoryuse:deny': Invalid argument\n"],
    ['rctl -a jail:web:cputime:deny=50', "rctl: failed to add rule 'jail:web:cputime:deny=50': Operation not supported\n"],
    ['rctl -u jail:none', "rctl: failed to show resource consumption for 'jail:none': No such process\n"],
  ])('%s fails', async (line, text) => {
    expect(await lab.sh(line)).toEqual({ code: 1, text })
  })

  it('tells what a running jail uses', async () => {
    await lab.sh('service -j web cron onestart')
    expect((await lab.sh('rctl -u jail:web | grep -E "maxproc|^memoryuse"')).text).toBe('memoryuse=6291456\nmaxproc=1\n')
    expect((await lab.sh('rctl -hu jail:web | grep ^memoryuse')).text).toBe('memoryuse=6M\n')
  })
})

describe('without the tunable', () => {
  it('rctl does nothing and says why', async () => {
    const other = await temporaryLab({}, (host) => writeBelow(host, 'etc/rctl.conf', 'jail:web:maxproc:deny=100\n'))
    const ran = await other.sh('sysctl -n kern.racct.enable; rctl -a jail:web:maxproc:deny=1')
    await other.remove()
    expect(ran).toEqual({ code: 1, text: '0\nrctl: RACCT/RCTL present, but disabled; enable using kern.racct.enable=1 tunable\n' })
  })
})
