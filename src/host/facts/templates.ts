import type { Template } from '../../core/jail.ts'
import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'

export async function observeTemplates(_shell: Shell, _layout: Layout): Promise<Template[]> {
  return []
}
