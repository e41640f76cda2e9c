import { appendFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { splitWorld } from './split.ts'

const example: Record<string, string> = {
  'make.conf': '# this example make.conf will enable you to use ports inside the jail\nWRKDIRPREFIX=/var/ports\n',
  'periodic.conf': 'daily_clean_hoststat_enable="NO"\nsecurity_status_logincheck_enable="NO"\n',
  'rc.conf': 'network_interfaces=""\nrpcbind_enable="NO"\nsendmail_enable="NO"\ncron_flags="$cron_flags -J 15"\n',
}

/** The port, and what `ezjail-admin install` makes: jails can be created with no network. Paths are full, as jailops knows them. */
export function setUpEzjail(host: string): void {
  const conf = join(host, 'usr/local/etc/ezjail.conf')
  if (existsSync(conf)) return
  const jails = join(host, 'usr/jails')
  const examples = join(host, 'usr/local/share/examples/ezjail')
  mkdirSync(join(host, 'usr/local/etc/ezjail'), { recursive: true })
  put(conf, `ezjail_jaildir="${jails}"\n`)
  put(join(host, 'usr/local/etc/rc.d/ezjail'), '#!/bin/sh\n# lab: imitated\n')
  for (const [name, text] of Object.entries(example)) put(join(examples, 'example/etc', name), text)
  appendFileSync(join(host, 'etc/rc.conf'), 'ezjail_enable="YES"\n')
  const at = (name: string) => join(jails, name)
  cpSync(at('.base'), at('fulljail'), { recursive: true, verbatimSymlinks: true })
  splitWorld({ full: at('fulljail'), base: at('basejail'), template: at('newjail'), flavours: at('flavours'), examples })
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o755 })
}
