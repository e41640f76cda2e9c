import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { type Effect, type EffectDeps, nothingToKeep, type RunOptions } from './effect.ts'
import { newPassword } from './new-password.ts'
import { howItEnded, lastWords } from './words.ts'

type PasswordAction = Extract<Action, { kind: 'password' }>

/**
 * A new password of a user in a jail. It is made here, goes to pw by its stdin, and is handed to `confide`: nowhere else is it ever
 * held. Begun and cut off it is simply set anew.
 */
export function passwordEffect(deps: EffectDeps, action: PasswordAction): Effect {
  return { ...nothingToKeep, perform: (options) => setPassword(deps, action, options), check: async () => 'half' }
}

async function setPassword(deps: EffectDeps, action: PasswordAction, { groupFile, signal, confide }: RunOptions): Promise<void> {
  if (confide === undefined)
    throw new JailopsError('definition_mismatch', 'The bot said nothing of where the password may be shown, so it was not changed.')
  const { kernelName, user } = action
  const before = await hashOf(deps, action)
  const secret = newPassword()
  const result = await deps.shell.run({
    argv: ['jexec', kernelName, 'pw', 'usermod', user, '-h', '0'],
    stdin: `${secret}\n`,
    timeoutSeconds: 60,
    groupFile,
    ...(signal !== undefined && { signal }),
  })
  const after = await hashOf(deps, action)
  if (result.exitCode !== 0 || result.timedOut) {
    const stands = before !== undefined && before === after
    const now = stands ? 'The old password still counts.' : 'Which password counts now, nobody knows: ask again.'
    throw new JailopsError('step_failed', `pw ${howItEnded(result)}: ${lastWords(result).replaceAll(secret, '[hidden]')}. ${now}`)
  }
  if (after?.startsWith('$') !== true)
    throw new JailopsError('step_failed', `pw reported success, but ${user} has no password there. Look at the jail, then ask again.`)
  confide(secret)
}

/** Of the account now, as its file has it: pw need not show it. Only ever compared. */
async function hashOf({ shell }: EffectDeps, { kernelName, user }: PasswordAction): Promise<string | undefined> {
  const { exitCode, stdout } = await shell.run({
    argv: ['jexec', kernelName, 'grep', `^${user}:`, '/etc/master.passwd'],
    timeoutSeconds: 30,
  })
  const [name, hash] = stdout.split(':')
  return exitCode === 0 && name === user ? hash : undefined
}
