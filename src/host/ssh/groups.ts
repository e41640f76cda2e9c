import { JailopsError } from '../../core/errors.ts'
import type { GroupFiles } from '../shell/group.ts'
import { membersIn, type Processes } from '../shell/processes.ts'
import { type Answer, ask, type Refusals, refusal } from './ask.ts'
import type { Connection } from './connection.ts'

/** Process groups of the host, by one connection: what one says of them, another must not go on with. */
export function sshGroups(connection: Connection, refusals: Refusals): { files: GroupFiles; processes: Processes } {
  const urgent = async (operation: string, words: readonly string[], doing: string, expected: readonly string[] = []): Promise<Answer> => {
    const answer = await ask(connection, refusals.address, { operation, words, urgent: true })
    if (answer.word !== 'ok' && !expected.includes(answer.word)) throw refusal(answer, doing, words[0] ?? '', refusals)
    return answer
  }
  const files: GroupFiles = {
    claim: async (path) => {
      const { word } = await urgent('claim', [path], `write the group file ${path}`, ['claimed', 'taken'])
      return word === 'claimed'
    },
    read: async (path) => {
      const { payload, rest } = await urgent('read_group', [path], `read the group file ${path}`)
      const modifiedAt = Number(rest[2]) * 1000
      if (!Number.isFinite(modifiedAt)) {
        throw new JailopsError('state_unknown', `The host's stat said something unknown of ${path}: ${rest.join(' ').slice(0, 200)}`)
      }
      return { text: payload.toString(), modifiedAt }
    },
    takeOver: async (path) => (await urgent('take_over', [path], `replace the group file ${path}`)).payload.toString(),
  }
  const processes: Processes = {
    members: async (group) => membersIn((await urgent('members', [String(group)], 'read the process list')).payload.toString(), group),
    signal: async (group, signal) => {
      const words = [signal.slice('SIG'.length), String(group)]
      return (await urgent('signal', words, `signal process group ${group}`, ['nobody'])).word === 'ok'
    },
    pause: 100,
  }
  return { files, processes }
}
