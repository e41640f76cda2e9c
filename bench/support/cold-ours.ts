/*
 * A process: loads what `jailops bot` of the release in the folder given loads with both platforms configured, up to where it would
 * open connections: the parts that it imports by name, and the commands. The release has commander inside main.js, which would run.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

await import('commander')
const release = process.argv[2] ?? ''
const parts = join(release, 'src/cli')
const names = ['config-check', 'bot-process', 'shell', 'slack', 'discord']
// NAME-HASH.js, and not discord-register-HASH.js
const isPart = (file: string) => names.some((name) => file.startsWith(`${name}-`) && file.length === name.length + '-12345678.js'.length)
const files = readdirSync(parts).filter(isPart)
for (const name of names) if (!files.some((file) => file.startsWith(name))) throw new Error(`the release has no ${name}`)
for (const file of files) await import(join(parts, file))
const commands = readdirSync(join(release, 'commands'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
for (const file of commands) await import(join(release, 'commands', file))
