import type { InsideDriver } from '../../core/drivers.ts'
import { JailopsError } from '../../core/errors.ts'
import type { Jail, Template } from '../../core/jail.ts'
import type { Endpoint } from '../../core/layout.ts'
import { placeFile } from './files.ts'
import { installPackages } from './packages.ts'
import { runInside } from './run.ts'
import { changeService, startAgainAfterUndo } from './services.ts'
import { setVariable } from './variables.ts'

/** Packages first, since they bring folders, users and rc scripts; commands last, since they may need what runs. */
export function createTemplate(endpointOf: (address: string) => Endpoint): InsideDriver['template'] {
  return (jail, { packages, sysrc, files, services, commands }, seen) => {
    const running = services.filter((service) => seen?.running.has(service))
    return [
      ...running.map((service) => startAgainAfterUndo(jail, service)),
      ...installPackages(jail, packages, seen),
      ...Object.entries(sysrc).flatMap(([variable, value]) => setVariable(jail, variable, value, seen)),
      ...files.flatMap((file) => placeFile(jail, { ...file, content: filled(file.content, jail, endpointOf) }, seen)),
      ...services.flatMap((service) => changeService(jail, service, 'enable', seen)),
      // what runs has to read what was written
      ...services.flatMap((service) => changeService(jail, service, 'restart', seen)),
      ...commands.map((argv) => runCommand(jail, argv, seen !== undefined)),
    ]
  }
}

function filled(content: string, jail: Jail, endpointOf: (address: string) => Endpoint): string {
  return content
    .replaceAll('{{jail}}', jail.name)
    .replaceAll('{{address}}', () => addressOf(jail))
    .replaceAll('{{listen}}', () => {
      const { address, port } = endpointOf(addressOf(jail))
      return `${address}:${port}`
    })
}

function addressOf({ name, address }: Jail): string {
  if (address !== undefined) return address
  throw new JailopsError('config_invalid', `The template writes the address of its jail into a file, and ${name} has none.`)
}

function runCommand(jail: Jail, argv: Template['commands'][number], isThere: boolean) {
  const step = { title: `Run ${argv.join(' ').slice(0, 80)} in ${jail.name}`, timeoutSeconds: 600 }
  return runInside(jail, argv, isThere ? { ...step, final: 'what a command of a template did is not known' } : step)
}
