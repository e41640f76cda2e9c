import { passLostConnection } from '../../core/errors.ts'
import type { Look, LookAnswer } from '../../core/host.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** Asks the host what a command wants to know besides the facts. A tool that fails has answered too: what that means is the command's to say. */
export async function askLooks(shell: Shell, looks: Readonly<Record<string, Look>>): Promise<Record<string, LookAnswer>> {
  const answers = await inBatches(Object.entries(looks), async ([name, look]): Promise<[string, LookAnswer]> => [
    name,
    await ask(shell, look),
  ])
  return Object.fromEntries(answers)
}

async function ask(shell: Shell, look: Look): Promise<LookAnswer> {
  if ('argv' in look) {
    const { exitCode, stdout, stderr, timedOut } = await shell.run({ argv: look.argv, timeoutSeconds: look.timeoutSeconds ?? 30 })
    return { exitCode: timedOut ? undefined : exitCode, stdout, stderr }
  }
  try {
    if ('file' in look) {
      const text = await shell.readFile(look.file)
      return text === undefined ? noAnswer(`${look.file} is not there`) : { exitCode: 0, stdout: text, stderr: '' }
    }
    const { status, body } = await shell.httpGet({ ...look.http, timeoutSeconds: look.timeoutSeconds })
    return { exitCode: status, stdout: body, stderr: '' }
  } catch (error) {
    passLostConnection(error)
    return noAnswer(error instanceof Error ? error.message : String(error))
  }
}

function noAnswer(why: string): LookAnswer {
  return { exitCode: undefined, stdout: '', stderr: why }
}
