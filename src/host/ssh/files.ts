import { JailopsError } from '../../core/errors.ts'
import { draftOf } from '../shell/files.ts'
import { checkForm } from '../shell/safe-path.ts'
import type { Appended, PathStatus, Shell } from '../shell.ts'
import { type Answer, ask, type Refusals, refusal, type Request } from './ask.ts'
import type { Connector } from './connector.ts'

type Files = Pick<
  Shell,
  | 'readFile'
  | 'writeFile'
  | 'writeDraft'
  | 'placeDraft'
  | 'settle'
  | 'removeDraft'
  | 'removeFile'
  | 'move'
  | 'makeFolder'
  | 'removeFolder'
  | 'list'
  | 'stat'
  | 'freeMegabytes'
>

/** The Shell's files by the agent's operations. */
export function sshFiles(connector: Connector, refusals: Refusals): Files {
  const { rules } = refusals
  /** One request about a path; `expected` are the answers that are none of the general refusals. */
  const about = async (
    path: string,
    doing: string,
    request: Request,
    expected: readonly string[] = [],
  ): Promise<Answer & { system: string }> => {
    const connection = await connector.obtain()
    const answer = await ask(connection, refusals.address, request)
    if (answer.word !== 'ok' && !expected.includes(answer.word)) throw refusal(answer, doing, path, refusals)
    return { ...answer, system: connection.system }
  }
  const plain = (path: string) => {
    checkForm(path, rules)
    return path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')
  }
  const write = async (operation: 'write' | 'draft', path: string, given: string | Appended, mode: number) => {
    const [content, how] = typeof given === 'string' ? [given, []] : [given.append, ['append']]
    if (content.includes('\0')) throw new JailopsError('step_failed', `Could not write ${path}: the text holds a NUL character.`)
    await about(path, `write ${path}`, { operation, words: [plain(path), octal(mode), ...how], content })
  }
  const removeFile = async (path: string) => {
    await about(path, `remove ${path}`, { operation: 'remove', words: [plain(path)] })
  }

  return {
    removeFile,
    removeDraft: async (path) => removeFile(draftOf(plain(path))),
    readFile: async (path) => {
      const request = { operation: 'read', words: [plain(path)] }
      const { word, payload } = await about(path, `read ${path}`, request, ['missing', 'not-file', 'large'])
      if (word === 'missing') return undefined
      if (word === 'not-file') throw new JailopsError('step_failed', `Could not read ${path}: it is not a file.`)
      if (word === 'large') throw new JailopsError('output_too_long', `${path} is larger than 8 MiB; jailops does not read it.`)
      return payload.toString()
    },
    writeFile: (path, content, mode) => write('write', path, content, mode),
    writeDraft: (path, content, mode) => write('draft', path, content, mode),
    placeDraft: async (path) => {
      await about(path, `write ${path}`, { operation: 'place', words: [plain(path)] })
    },
    settle: async (path) => {
      await about(path, `write ${path}`, { operation: 'settle', words: [plain(path)] })
    },
    move: async (from, to) => {
      const doing = `move ${from} to ${to}`
      const { word } = await about(from, doing, { operation: 'move', words: [plain(from), plain(to)] }, ['exists', 'device'])
      if (word === 'exists') {
        throw new JailopsError('step_failed', `Could not move ${from}: ${to} exists already. Look at it and take it away first.`)
      }
      if (word === 'device')
        throw new JailopsError('other_filesystem', `Could not ${doing}: the trash must be on the same filesystem as the jails.`)
    },
    makeFolder: async (path, mode) => {
      await about(path, `make the folder ${path}`, { operation: 'mkdir', words: [plain(path), octal(mode)] })
    },
    removeFolder: async (path) => {
      await about(path, `remove the folder ${path}`, { operation: 'rmdir', words: [plain(path)] })
    },
    list: async (folder) => {
      const { payload } = await about(folder, `list ${folder}`, { operation: 'list', words: [plain(folder)] })
      return payload.toString().split('\0').slice(0, -1).toSorted()
    },
    stat: async (path) => {
      const { word, payload, system } = await about(path, `look at ${path}`, { operation: 'stat', words: [plain(path)] }, ['missing'])
      return word === 'missing' ? undefined : parseStatus(payload.toString(), system, path)
    },
    freeMegabytes: async (path) => {
      const doing = `ask for the free space at ${path}`
      const { payload } = await about(path, doing, { operation: 'free', words: [plain(path)] })
      return parseFree(payload.toString(), doing)
    },
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

/** `%f %s %Y …` of GNU's stat (the raw mode in hexadecimal) or `%p %z %m …` of FreeBSD's (in octal). */
function parseStatus(line: string, system: string, path: string): PathStatus {
  const [rawMode = '', size, seconds] = line.trim().split(' ')
  const raw = Number.parseInt(rawMode, system === 'FreeBSD' ? 8 : 16)
  const status = { kind: kindOf(raw), size: Number(size), mode: raw & 0o7777, modifiedAt: Number(seconds) * 1000 }
  if ([status.size, status.mode, status.modifiedAt].every(Number.isFinite)) return status
  throw new JailopsError('state_unknown', `The host's stat said something unknown of ${path}: ${line.slice(0, 200)}`)
}

function kindOf(rawMode: number): PathStatus['kind'] {
  switch (rawMode & 0o170000) {
    case 0o100000:
      return 'file'
    case 0o040000:
      return 'folder'
    case 0o120000:
      return 'link'
    default:
      return 'other'
  }
}

/** The fourth column of `df -Pk`, counted from the percent sign: a file system's name may hold spaces. */
function parseFree(table: string, doing: string): number {
  const kilobytes = /\s(-?\d+)\s+\d+%\s/.exec(table.trim().split('\n').at(-1) ?? '')?.[1]
  if (kilobytes === undefined) throw new JailopsError('step_failed', `Could not ${doing}: the host's df said something unknown.`)
  return Math.max(0, Math.floor(Number(kilobytes) / 1024))
}
