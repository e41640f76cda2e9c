import type { Layout } from '../../core/layout.ts'
import type { Shell } from '../shell.ts'

/** Whether it is in one of the program folders. */
export async function hasProgram(shell: Shell, { programFolders }: Pick<Layout, 'programFolders'>, name: string): Promise<boolean> {
  const found = await Promise.all(programFolders.map((folder) => shell.stat(`${folder}/${name}`)))
  return found.some((status) => status !== undefined)
}
