import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { onHost } from './verbs/verb.ts'
import { refusalOf, type World } from './world.ts'

const template = `description: for the conformance
files:
  - { path: /etc/motd.template, content: "hello from a template\\n" }
`

/** What every verb finds: `blog` runs, `mute` is stopped, `gone` is in the trash, an archive of `mute`, a snapshot where there can be one. */
export async function prepareHost(world: World): Promise<void> {
  put(world, '/usr/local/etc/jailops/templates/greeting.yaml', template)
  put(world, '/boot/loader.conf', 'kern.racct.enable=1\n')
  mkdirSync(onHost(world, '/data'), { recursive: true })
  for (const name of ['jail', 'bastille', 'iocage', 'ezjail']) await world.sh(`sysrc ${name}_enable=YES`)
  await world.keep()
  for (const jail of ['blog', 'mute', 'gone']) await world.say('jail create', { jail, nginx: 'no', boot: jail === 'mute' ? 'no' : 'yes' })
  for (const jail of ['blog', 'mute', 'gone']) await world.sh(`echo precious | jexec ${world.column.kernelName(jail)} tee /root/mark`)
  const inBlog = `jexec ${world.column.kernelName('blog')}`
  await world.sh(`${inBlog} sysrc syslogd_enable=YES; ${inBlog} service syslogd start; echo hello log | ${inBlog} tee /var/log/messages`)
  await world.sh(`pkg -j ${world.column.kernelName('blog')} install -y htop`)
  await unlessNotThere(world.say('jail tag add', { jail: 'blog', tag: 'web' }))
  await world.say('jail stop', { jail: 'mute' })
  await world.say('jail export', { jail: 'mute' })
  await world.say('jail destroy', { jail: 'gone' })
  if (world.column.lab.zfs === true) await world.say('jail snapshot create', { jail: 'blog', snapshot: 'first' })
  await world.keep()
}

/** What a driver refuses it will refuse when that verb is tried too. */
async function unlessNotThere(saying: Promise<void>): Promise<void> {
  await saying.catch((error: unknown) => {
    if (refusalOf(error).code !== 'not_supported_by_driver') throw error
  })
}

function put(world: World, path: string, text: string): void {
  mkdirSync(dirname(onHost(world, path)), { recursive: true })
  writeFileSync(onHost(world, path), text)
}
