import { parseDocument } from 'yaml'
import { z } from 'zod'
import { templateName, templateSchema } from '../../core/inside-names.ts'
import type { Template } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'
import { inBatches } from './batches.ts'

/** The host's own, NAME.yaml each, and those that came with jailops; of one name the host's own counts. */
export async function observeTemplates(shell: Shell, layout: Layout, shipped: readonly Template[] = []): Promise<Template[]> {
  const names = (await shell.list(layout.templates)).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))
  const own = await inBatches(names, async (name) => readTemplate(name, (await shell.readFile(`${layout.templates}/${name}.yaml`)) ?? ''))
  const others = shipped.filter((one) => !names.includes(one.name))
  return [...own, ...others].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** One that cannot be used is told with what is wrong with it. */
export function readTemplate(name: string, text: string): Template {
  const broken = (problem: string): Template => ({ ...templateSchema.parse({}), name, problem })
  if (!templateName.safeParse(name).success) return broken('its file is not named by lower-case letters, digits and -')
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false })
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) return broken(oneLine(error.message))
  const parsed = templateSchema.safeParse(valueOf(document) ?? {})
  return parsed.success ? { ...parsed.data, name } : broken(oneLine(z.prettifyError(parsed.error)))
}

/** Aliases can be made to unfold into gigabytes: with too many of them it is no value that would pass. */
function valueOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 })
  } catch {
    return 'aliases that unfold to too much'
  }
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
}
