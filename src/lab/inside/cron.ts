import { readFileSync, rmSync } from 'node:fs'
import { parseFlags } from '../files/operands.ts'
import { refuse, refuseOption } from '../refuse.ts'
import { readIn, writeIn } from '../root-files.ts'
import { findUser } from '../users.ts'
import { place, type InsideProgram } from './inside.ts'

/** `crontab [-u USER] -l|-r|-|FILE`: kept, never run. */
const crontab: InsideProgram = async (at, call) => {
  const hasUser = call.args[0] === '-u'
  const user = hasUser ? (call.args[1] ?? '') : 'root'
  const [what = ''] = hasUser ? call.args.slice(2) : call.args
  if (findUser(at.root, user) === undefined) {
    call.err(`crontab: user '${user}' unknown\n`)
    return 1
  }
  const file = `/var/cron/tabs/${user}`
  const root = { host: at.host, folder: at.root }
  if (what === '-l' || what === '-r') {
    const text = readIn(root, file)
    if (text === undefined) {
      call.err(`crontab: no crontab for ${user}\n`)
      return 1
    }
    if (what === '-l') call.out(text)
    else rmSync(place(at, file, { write: true }))
    return 0
  }
  if (what === '' || (what.startsWith('-') && what !== '-')) return refuseOption('crontab', what)
  writeIn(root, file, what === '-' ? (await call.input()).toString() : readFileSync(place(at, what), 'utf8'), 0o600)
  return 0
}

/** `newsyslog [-v]`: with nothing in its file there is nothing to do. */
const newsyslog: InsideProgram = (at, call) => {
  parseFlags(call, 'vnNC')
  const text = readIn({ host: at.host, folder: at.root }, '/etc/newsyslog.conf') ?? ''
  const entry = text.split('\n').find((line) => line.trim() !== '' && !/^\s*[#<]/.test(line))
  return entry === undefined ? 0 : refuse('newsyslog', `rotating logs is not imitated here: ${entry}`)
}

const passwd: InsideProgram = () => refuse('passwd', 'asks on a terminal, and there is none; pw usermod NAME -h 0 reads its input')

export const insideCron: Record<string, InsideProgram> = { crontab, newsyslog, passwd }
