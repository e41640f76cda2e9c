import { z } from 'zod'
import { defineCommand, managers } from 'jailops'

export default defineCommand({
  path: 'release list',
  summary: 'What jails of this host can be made from',
  permission: 'release.list',
  risk: 'read',
  needs: ['jails', 'releases'],
  args: z.object({ manager: z.enum(managers).optional().describe('only those of this manager') }),
  query({ args, facts }) {
    const found = facts.releases.filter((one) => args.manager === undefined || one.manager === args.manager)
    return {
      title: found.length === 0 ? 'No releases yet' : `${found.length} ${found.length === 1 ? 'release' : 'releases'}`,
      ...(found.length === 0 && { text: 'Fetch one: /release fetch 15.1-RELEASE' }),
      table: {
        columns: ['release', 'manager', 'patched to', 'jails', 'where'],
        rows: found.map((release) => {
          const users = facts.jailsOn(release).map(({ name }) => name)
          return [release.name, release.manager, release.patchLevel ?? 'not known', namesOf(users), release.path]
        }),
      },
    }
  },
})

/** A table of one line a release stays one. */
function namesOf(names: readonly string[]): string {
  const most = 5
  if (names.length === 0) return '-'
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
