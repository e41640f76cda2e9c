import { z } from 'zod'
import { defineCommand, jailName, JailopsError, newestOf } from 'jailops'

export default defineCommand({
  path: 'jail pkg audit',
  summary: 'Known holes in the packages and the base of a jail',
  permission: 'jail.pkg.audit',
  risk: 'read',
  example: 'jail pkg audit blog',
  needs: ['jails', 'releases'],
  args: z.object({ jail: jailName.describe('which jail') }),
  looks({ args, facts }) {
    const { kernelName } = facts.runningJail(args.jail)
    return {
      audit: { argv: ['pkg', '-j', kernelName, 'audit', '-F'], timeoutSeconds: 120 },
      base: { argv: ['jexec', kernelName, 'freebsd-version', '-u'] },
      host: { argv: ['freebsd-version', '-u'] },
    }
  },
  query({ args, facts }) {
    const { exitCode, stdout, stderr } = facts.look('audit')
    const found = holesIn(stdout)
    // 1 says "vulnerable" as well as "it went wrong": only what it names counts
    if (exitCode !== 0 && found.length === 0) {
      throw new JailopsError(
        'host_not_ready',
        `pkg could not look for known holes: ${(stderr || stdout).trim().slice(0, 300) || 'it said nothing'}`,
      )
    }
    const [base, host] = ['base', 'host'].map((name) => versionIn(facts.look(name)))
    const newest = newestOf([host, ...facts.releases.flatMap(({ name, patchLevel }) => [name, patchLevel])])
    const isOld = base !== undefined && newest !== undefined && newestOf([base, newest]) !== base
    return {
      title:
        `${found.length === 0 ? 'No' : found.length} vulnerable ${found.length === 1 ? 'package' : 'packages'} in ${args.jail}` +
        (isOld ? ', and an old base' : ''),
      ...(isOld && { text: `Its base is ${base}; ${newest} is known here. Bring it up to date: /jail update ${args.jail}` }),
      fields: [
        { name: 'Base', value: base ?? 'it does not say' },
        { name: 'Host', value: host ?? 'it does not say' },
      ],
      ...(found.length > 0 && { table: { columns: ['package', 'hole', 'more'], rows: found } }),
    }
  },
})

/** One block a package: `NAME-VERSION is vulnerable:`, then what and where to read more. */
function holesIn(text: string): string[][] {
  return text.split(/^(?=\S+ is vulnerable:?$)/m).flatMap((block) => {
    const [first = '', ...rest] = block.split('\n')
    const [, name] = /^(\S+) is vulnerable:?$/.exec(first) ?? []
    if (name === undefined) return []
    const lines = rest.map((line) => line.trim()).filter((line) => line !== '')
    const links = lines.flatMap((line) => /^WWW: (\S+)/.exec(line)?.[1] ?? [])
    const what = lines.filter((line) => !/^WWW:|problem\(s\)/.test(line))
    return [[name, what.join('; '), links.join(' ')]]
  })
}

function versionIn({ exitCode, stdout }: { exitCode: number | undefined; stdout: string }): string | undefined {
  const text = stdout.trim()
  return exitCode === 0 && text !== '' ? text : undefined
}
