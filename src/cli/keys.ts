import { createKeys } from '../queue/keys.ts'
import { addTrusted } from '../queue/trusted.ts'
import { JailopsError } from '../core/errors.ts'
import { configOf } from './config-check.ts'

/** Keys of a bot and of a host that trust each other, in one folder: the demo, or a bot and worker on one machine. */
export async function createAll({ folder, bot, host }: { folder: string; bot: string; host: string }): Promise<void> {
  for (const name of [bot, host]) await addTrusted(folder, (await createKeys(folder, name)).line)
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
