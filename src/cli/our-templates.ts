import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Template } from '../core/jail.ts'
import { readTemplate } from '../host/facts/templates.ts'
import { ourTemplates } from './program.ts'

/** The templates that come with jailops: read once, and every host has them. */
export async function loadTemplates(): Promise<Template[]> {
  const files = (await readdir(ourTemplates)).filter((file) => file.endsWith('.yaml'))
  return Promise.all(
    files.map(async (file) => ({
      ...readTemplate(file.replace(/\.yaml$/, ''), await readFile(join(ourTemplates, file), 'utf8')),
      shipped: true as const,
    })),
  )
}
