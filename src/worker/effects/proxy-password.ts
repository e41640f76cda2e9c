import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import type { Action } from '../../core/step.ts'
import { checkMapWords, entriesOf } from '../../host/proxy/maps.ts'
import { createHaproxySocket } from '../../host/proxy/socket.ts'
import { passwordKey, userValue } from '../../host/proxy/users.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { withEntry } from './map-text.ts'
import { newPassword } from './new-password.ts'
import { modeOf, readExactly } from './old-file.ts'

type PasswordAction = Extract<Action, { kind: 'proxy-password' }>

/** Keys that the user had: hashes of random passwords, which nobody can go back from. */
const beforeSchema = z.array(z.string())

/**
 * A user's line of the passwords' map, in the file first, then in the running HAProxy. The password itself is handed to `confide` and is
 * nowhere else. Begun and cut off it is taken back and made anew: nobody has seen that one.
 */
export function proxyPasswordEffect(deps: EffectDeps, action: PasswordAction): Effect {
  const { path, host, user, on } = action
  const keysNow = async () => keysOf((await readExactly(deps.shell, path)) ?? '', userValue(host, user))
  return {
    capture: async () => JSON.stringify(await keysNow()),
    perform: async ({ confide }) => {
      if (!on) return become(deps, action, [])
      if (confide === undefined)
        throw new JailopsError('definition_mismatch', 'The bot said nothing of where the password may be shown, so there is no new one.')
      const secret = newPassword()
      await become(deps, action, [passwordKey(host, user, secret)])
      confide(secret)
    },
    check: async () => (on || (await keysNow()).length > 0 ? 'half' : 'done'),
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old !== undefined) await become(deps, action, old)
    },
  }
}

/**
 * What comes is in the file before it is in the running HAProxy; what goes is out of the running one first. So cut off anywhere, the file
 * still names whatever there is to take away.
 */
async function become({ shell }: EffectDeps, { socket, path, host, user }: PasswordAction, keys: readonly string[]): Promise<void> {
  const value = userValue(host, user)
  for (const key of keys) checkMapWords(key, value)
  const haproxy = createHaproxySocket(shell, socket)
  const text = (await readExactly(shell, path)) ?? ''
  const gone = keysOf(text, value).filter((key) => !keys.includes(key))
  const write = async (from: string, to: string) => {
    if (to !== from) await shell.writeFile(path, to, await modeOf(shell, path))
  }
  const withAll = keys.reduce((so, key) => withEntry(so, key, value), text)
  await write(text, withAll)
  await whereItRuns(async () => {
    for (const key of keys) await haproxy.setMapEntry(path, key, value)
    for (const key of gone) await haproxy.deleteMapEntry(path, key)
  })
  await write(
    withAll,
    gone.reduce((so, key) => withEntry(so, key, null), withAll),
  )
}

function keysOf(text: string, value: string): string[] {
  return [...entriesOf(text)].flatMap(([key, of]) => (of === value ? [key] : []))
}

/** One that does not run will start from the file. */
async function whereItRuns(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof JailopsError && error.code === 'host_not_ready')) throw error
  }
}
