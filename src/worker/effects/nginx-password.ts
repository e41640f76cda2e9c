import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { JailopsError } from '../../core/errors.ts'
import { siteUser } from '../../core/site-setting-words.ts'
import type { Action } from '../../core/step.ts'
import { saltedHash, usersIn } from '../../host/proxy/nginx/users.ts'
import { type Effect, type EffectDeps, parseBefore } from './effect.ts'
import { newPassword } from './new-password.ts'
import { readExactly } from './old-file.ts'

type PasswordAction = Extract<Action, { kind: 'nginx-password' }>

/** The salted hash that the user had, of a random password: nobody can go back from it. */
const beforeSchema = z.strictObject({ hash: z.string().nullable() })

/** Whoever may look into the folder; nginx is not root. */
const mode = 0o644

/**
 * A user's line of a site's file, which nginx reads at each request. The password itself is handed to `confide` and is nowhere else. Begun
 * and cut off it is taken back and made anew: nobody has seen that one.
 */
export function nginxPasswordEffect({ shell }: EffectDeps, { path, user, on }: PasswordAction): Effect {
  const users = async () => usersIn((await readExactly(shell, path)) ?? '')
  const become = async (hash: string | null) => {
    const now = await users()
    if (hash === null) now.delete(user)
    else now.set(siteUser.parse(user), hash)
    if (now.size === 0) return shell.removeFile(path)
    await shell.writeFile(path, [...now].map(([name, its]) => `${name}:${its}\n`).join(''), mode)
  }
  return {
    capture: async () => JSON.stringify({ hash: (await users()).get(user) ?? null } satisfies z.infer<typeof beforeSchema>),
    perform: async ({ confide }) => {
      if (!on) return become(null)
      if (confide === undefined)
        throw new JailopsError('definition_mismatch', 'The bot said nothing of where the password may be shown, so there is no new one.')
      const secret = newPassword()
      await become(saltedHash(secret, randomBytes(12)))
      confide(secret)
    },
    check: async () => (on || (await users()).has(user) ? 'half' : 'done'),
    revert: async (before) => {
      const old = parseBefore(beforeSchema, before)
      if (old !== undefined) await become(old.hash)
    },
  }
}
