import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryLab, type TemporaryLab } from './temporary-lab.ts'

let lab: TemporaryLab
beforeAll(async () => {
  lab = await temporaryLab()
  lab.write(
    'etc/jail.conf',
    'one { path = /usr/jails/one; exec.start = "/bin/sh /etc/rc"; exec.stop = "/bin/sh /etc/rc.shutdown jail"; }\n',
  )
  await lab.sh('cp -a /usr/jails/.base /usr/jails/one; jail -qc one; pkg -j one install -y redis postgresql17-server php84')
})
afterAll(() => lab.remove())

it("a package's daemon lives as rc.subr has it", async () => {
  const ran = (line: string) => lab.sh(`service -j one redis ${line}`)
  expect(await ran('start')).toEqual({
    code: 0,
    text: "Cannot 'start' redis. Set redis_enable to YES in /etc/rc.conf or use 'onestart' instead of 'start'.\n",
  })
  expect(await ran('status')).toEqual({ code: 1, text: 'redis is not running.\n' })
  expect(await ran('onestop')).toEqual({ code: 1, text: 'redis not running? (check /var/run/redis/redis.pid).\n' })
  expect((await ran('rcvar')).text).toBe('# redis\n#\nredis_enable="NO"\n#   (default: "")\n\n')
  expect(await ran('enable')).toEqual({ code: 0, text: 'redis enabled in /etc/rc.conf\n' })
  expect((await lab.sh('sysrc -j one redis_enable')).text).toBe('redis_enable: YES\n')
  expect(await ran('start')).toEqual({ code: 0, text: 'Starting redis.\n' })
  const status = await ran('status')
  expect(status).toMatchObject({ code: 0, text: expect.stringMatching(/^redis is running as pid \d+\.\n$/) })
  const pid = /\d+/.exec(status.text)?.[0]
  expect(await ran('start')).toEqual({ code: 1, text: `redis already running?  (pid=${pid}).\n` })
  expect((await ran('disable')).text).toBe('redis disabled in /etc/rc.conf\n')
  // What runs can be stopped, enabled or not.
  expect(await ran('stop')).toEqual({ code: 0, text: `Stopping redis.\nWaiting for PIDS: ${pid}.\n` })
  expect((await ran('stop')).text).toMatch(/^Cannot 'stop' redis\./)
  expect(await ran('reload')).toMatchObject({ code: 0, text: expect.stringMatching(/^Cannot 'reload'/) })
  expect(await ran('onereload')).toMatchObject({
    code: 1,
    text: expect.stringMatching(/^\/usr\/local\/etc\/rc\.d\/redis: unknown directive 'reload'\.\nUsage: /),
  })
  expect((await ran('delete')).text).toBe('redis_enable deleted in /etc/rc.conf\n')
})

it('rc starts what is enabled, rc.shutdown stops it', async () => {
  await lab.sh('sysrc -j one redis_enable=YES sshd_enable=YES')
  const ran = await lab.sh('jail -rc one')
  expect(ran.text).toMatch(/Stopping cron\.\nTerminated\n/)
  expect(ran.text).toMatch(
    /Starting syslogd\.\nStarting cron\.\nPerforming sanity check on sshd configuration\.\nStarting sshd\.\nStarting redis\.\n/,
  )
  expect((await lab.sh('service -j one sshd status; service -j one sshd describe')).text).toMatch(
    /^sshd is running as pid \d+\.\nSecure Shell Daemon\n$/,
  )
  expect((await lab.sh('jail -r one; jail -qc one')).text).toMatch(
    /Stopping redis\.\nWaiting for PIDS: \d+\.\nStopping sshd\.\nWaiting for PIDS: \d+\.\nStopping cron\.\n/,
  )
})

it('lists scripts and what is enabled', async () => {
  await lab.sh('sysrc -j one redis_enable=YES sshd_enable=NO')
  expect((await lab.sh('service -j one -l')).text).toBe('syslogd\ncron\nsshd\nphp_fpm\npostgresql\nredis\n')
  expect((await lab.sh('service -j one -e')).text).toBe('/etc/rc.d/syslogd\n/etc/rc.d/cron\n/usr/local/etc/rc.d/redis\n')
})

it('what needs a program of its own is refused', async () => {
  expect(await lab.sh('service -j one postgresql onestart')).toEqual({
    code: 70,
    text: 'lab: service: postgresql in a jail is not imitated here\n',
  })
})
