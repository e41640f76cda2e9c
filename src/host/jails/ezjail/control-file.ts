import { JailopsError } from '../../../core/errors.ts'
import type { Jail } from '../../../core/jail.ts'
import type { Layout } from '../../../core/layout.ts'

/* /usr/local/etc/ezjail/NAME: a shell program of nothing but `export jail_NAME_VARIABLE="VALUE"`, the last of two counts. */

/** As files, variables and the kernel know a jail: `a-b`, `a.b` and `a_b` are one. */
export function kernelNameOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '_')
}

export function controlFile({ ezjail }: Pick<Layout, 'ezjail'>, kernelName: string): string {
  return `${ezjail.configurations}/${kernelName}`
}

export function fstabFile({ ezjail }: Pick<Layout, 'ezjail'>, kernelName: string): string {
  return `${ezjail.fstabFolder}/fstab.${kernelName}`
}

export function rootOf({ ezjail }: Pick<Layout, 'ezjail'>, name: string): string {
  return `${ezjail.jails}/${name}`
}

/** Where rc.d/jail has it written. */
export function consoleLogOf({ logs }: Pick<Layout, 'logs'>, kernelName: string): string {
  return `${logs}/jail_${kernelName}_console.log`
}

/**
 * A jail whose control file ends in `.norun` can be neither started nor stopped by ezjail: it skips it and says 0. Where jailops starts or
 * stops one it makes it a blocking one first, which also stays off at boot but obeys.
 */
export function isNoRun({ configuration }: Pick<Jail, 'configuration'>): boolean {
  return configuration?.endsWith('.norun') === true
}

/** The control file as it is once what runs was stopped (by us). */
export function controlFileOf(layout: Pick<Layout, 'ezjail'>, jail: Pick<Jail, 'kernelName' | 'configuration' | 'state'>): string {
  const plain = controlFile(layout, jail.kernelName)
  return isNoRun(jail) && jail.state !== 'running' ? `${plain}.norun` : plain
}

/** Whether it is left out when the host starts all of ezjail's jails; started by its name it starts. */
export function isBlocking({ properties }: Pick<Jail, 'properties'>): boolean {
  return (properties['forceblocking'] ?? '') !== '' || (properties['attachblocking'] ?? '') !== ''
}

/** @throws bad_argument for what a shell could read as more than text */
export function controlLine(kernelName: string, variable: string, value: string): string {
  if (/^[A-Za-z0-9._:/|,@+ =-]*$/.test(value)) return `export jail_${kernelName}_${variable}="${value}"`
  throw new JailopsError('bad_argument', `${JSON.stringify(value)} cannot be written safely into a control file of ezjail.`)
}

/** What keeps a jail off at boot. */
export function blockingLine(kernelName: string): string {
  return controlLine(kernelName, 'forceblocking', 'YES')
}

/** `text` is what stands behind the `=`. */
const assignment = /^(?<head>\s*(?:export\s+)?)jail_(?<jail>[A-Za-z0-9_]+)=(?<text>.*)$/

/** The values by their variables; `unclear` are those that only a shell could tell. */
export function readControlFile(text: string, kernelName: string): { values: Map<string, string>; unclear: Set<string> } {
  const values = new Map<string, string>()
  const unclear = new Set<string>()
  for (const line of text.split('\n')) {
    const found = variableOf(line, kernelName)
    if (found === undefined) continue
    const [, double, single, bare] = /^(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\;&|<>()]*))\s*;?\s*(?:#.*)?$/.exec(found.text) ?? []
    const value = double ?? single ?? bare
    if (value === undefined) unclear.add(found.variable)
    else unclear.delete(found.variable)
    values.set(found.variable, value ?? '')
  }
  return { values, unclear }
}

/** The same text for a jail of another name, with these values changed. */
export function renamedControlFile(
  text: string,
  { from, to, values }: { from: string; to: string; values: Readonly<Record<string, string>> },
): string {
  return text
    .split('\n')
    .map((line) => {
      const found = variableOf(line, from)
      if (found === undefined) return line
      const value = values[found.variable]
      return value === undefined ? `${found.head}jail_${to}_${found.variable}=${found.text}` : controlLine(to, found.variable, value)
    })
    .join('\n')
}

function variableOf(line: string, kernelName: string): { head: string; variable: string; text: string } | undefined {
  const { head = '', jail = '', text = '' } = assignment.exec(line)?.groups ?? {}
  return jail.startsWith(`${kernelName}_`) ? { head, variable: jail.slice(kernelName.length + 1), text } : undefined
}
