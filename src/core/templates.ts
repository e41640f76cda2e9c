import { JailopsError } from './errors.ts'
import type { Facts } from './host.ts'
import type { Template } from './jail.ts'
import { didYouMean } from './suggest.ts'

/** @throws unknown_template; config_invalid where its file cannot be used */
export function templateNamed({ templates, layout }: Pick<Facts, 'templates' | 'layout'>, name: string): Template {
  const found = templates.find((one) => one.name === name)
  const names = templates.map((one) => one.name)
  if (found === undefined) {
    throw new JailopsError('unknown_template', `There is no template ${name}.${didYouMean(name, names)} See /jail template list.`)
  }
  if (found.problem === undefined) return found
  throw new JailopsError('config_invalid', `${layout.templates}/${name}.yaml cannot be used: ${found.problem}. Mend that file first.`)
}

/** What a new jail gets besides itself; nothing where nothing is asked for. */
export function fillingOf(
  facts: Pick<Facts, 'templates' | 'layout'>,
  asked: { template?: string | undefined; packages: readonly string[]; services: readonly string[] },
): Template {
  const base = asked.template === undefined ? empty : templateNamed(facts, asked.template)
  return {
    ...base,
    packages: [...new Set([...base.packages, ...asked.packages])],
    services: [...new Set([...base.services, ...asked.services])],
  }
}

const empty: Template = { name: '', description: '', packages: [], sysrc: {}, files: [], services: [], commands: [] }
