import { join } from 'node:path'
import { createKeys } from '../queue/keys.ts'
import { addTrusted } from '../queue/trusted.ts'
import { JailopsError } from '../core/errors.ts'
import { configOf } from './config-check.ts'

/** Keys of a bot and a host that trust each other, each side in a folder of its own: the demo and docker-compose. */
export async function createAll({ folder, bot, host }: { folder: string; bot: string; host: string }): Promise<void> {
  const sides = { bot: join(folder, 'bot'), worker: join(folder, 'worker') }
  const lines = [(await createKeys(sides.bot, bot)).line, (await createKeys(sides.worker, host)).line]
  for (const side of [sides.bot, sides.worker]) for (const line of lines) await addTrusted(side, line)
}

/** Run once on each side; a person carries each printed line to the other. Nothing of this goes through Redis. */
export async function enroll(name: string, options: { trust?: string; config?: string }): Promise<void> {
  const { keys } = configOf(options)
  if (keys === undefined)
    throw new JailopsError('config_error', 'Say in jailops.yaml where keys are kept, for example keys: /usr/local/etc/jailops/keys')
  const own = await createKeys(keys, name)
  await addTrusted(keys, own.line)
  if (options.trust !== undefined) {
    const trusted = await addTrusted(keys, options.trust)
    process.stdout.write(`${trusted.name} is trusted from now on (restart bot and worker).\n`)
  }
  process.stdout.write(`On the other side run:\n  jailops host enroll NAME-OF-THAT-SIDE --trust '${own.line}'\n`)
}
