import { z } from 'zod'
import { defineCommand, jailName, JailopsError } from 'jailops'

const packages = '/usr/local/etc/rc.d'

export default defineCommand({
  path: 'jail service list',
  summary: 'Which services start with a jail, and which its packages brought',
  permission: 'jail.service.list',
  risk: 'read',
  example: 'jail service list blog',
  needs: ['jails'],
  args: z.object({ jail: jailName.describe('which jail') }),
  looks({ args, facts }) {
    const { kernelName } = facts.runningJail(args.jail)
    return {
      enabled: { argv: ['service', '-j', kernelName, '-e'], timeoutSeconds: 60 },
      packages: { argv: ['jexec', kernelName, 'ls', packages] },
    }
  },
  query({ args, facts }) {
    const { exitCode, stdout, stderr } = facts.look('enabled')
    if (exitCode !== 0)
      throw new JailopsError('host_not_ready', `service does not say what starts with ${args.jail}: ${stderr.trim().slice(0, 300)}`)
    const enabled = linesIn(stdout)
    // a jail without any package has no such folder
    const brought = linesIn(facts.look('packages').stdout).map((name) => `${packages}/${name}`)
    const paths = [...new Set([...brought, ...enabled])]
    const rows = paths.map((path) => [
      path.split('/').at(-1) ?? path,
      enabled.includes(path) ? 'yes' : 'no',
      path.startsWith(packages) ? 'a package' : 'the base',
    ])
    return {
      title: `${enabled.length} ${enabled.length === 1 ? 'service starts' : 'services start'} with ${args.jail}`,
      table: { columns: ['service', 'starts with it', 'comes from'], rows },
    }
  },
})

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
