import { z } from 'zod'
import { defineCommand, jailName, JailopsError, nothingToDo, plan } from 'jailops'

const day = 24 * 3600_000

export default defineCommand({
  path: 'jail purge',
  summary: 'Remove destroyed jails from the trash for good',
  permission: 'jail.purge',
  risk: 'change',
  example: 'jail purge blog',
  needs: ['trash', 'snapshots'],
  names: { jail: 'trashed' },
  args: z.object({
    jail: jailName.optional().describe('all of that name; without it, all that are old enough'),
    older: z.int().min(0).max(3650).optional().describe('only what lies there for so many days'),
  }),
  looks: () => ({ now: { argv: ['date', '+%s'] } }),
  plan({ args, facts, drivers }) {
    const days = args.older ?? (args.jail === undefined ? facts.layout.trashDays : 0)
    const seconds = Number(facts.look('now').stdout.trim())
    // to the end of that second: what was destroyed in it lies there for no days already
    const now = (seconds + 1) * 1000
    if (!Number.isFinite(seconds) || seconds === 0)
      throw new JailopsError('host_not_ready', 'The host does not say what time it is (date +%s).')
    const named = facts.trash.filter((entry) => args.jail === undefined || entry.name === args.jail)
    if (args.jail !== undefined) facts.trashed(args.jail)
    const old = named.filter((entry) => now - entry.destroyedAt >= days * day)
    if (old.length === 0) return nothingToDo(`Nothing in the trash is older than ${days} days.`)
    const { ready, held } = drivers.trash.purgeable(old)
    const kept = held.map(({ entry, by }) => `${entry.name} (${entry.request}) must stay: ${by.join(', ')} was cloned from it.`)
    if (ready.length === 0) {
      throw new JailopsError('host_not_ready', `${kept.join(' ')} Destroy and purge what was cloned first.`)
    }
    return plan(
      ready.flatMap((entry) => drivers.trash.purge(entry)),
      {
        resources: ready.map((entry) => `trash:${entry.name}`),
        outcome: [{ name: 'Gone for good', value: ready.map((entry) => `${entry.name} (${entry.request})`).join(', ') }],
        remarks: kept,
      },
    )
  },
})
