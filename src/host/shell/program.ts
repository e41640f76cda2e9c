import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { isAbsolute, join, normalize } from 'node:path'
import { JailopsError } from '../../core/errors.ts'

/** The absolute path of a program: only the host's own program folders count, never the PATH that jailops was started with. */
export async function findProgram(name: string, programFolders: readonly string[], mayLeaveFolders: boolean): Promise<string> {
  const candidates = isAbsolute(name) ? [name] : programFolders.map((folder) => join(folder, name))
  if (isAbsolute(name) && !mayLeaveFolders && !isInFolders(name, programFolders)) {
    throw noSuchProgram('elsewhere', name, programFolders)
  }
  if (!isAbsolute(name) && (name === '' || name.includes('/'))) {
    throw noSuchProgram('no-name', name, programFolders)
  }
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate
  }
  throw noSuchProgram('no-program', name, programFolders)
}

/** Every way in which a program is refused, in words. */
export function noSuchProgram(
  refusal: 'elsewhere' | 'no-name' | 'no-program',
  name: string,
  programFolders: readonly string[],
): JailopsError {
  const folders = programFolders.join(', ')
  const sentences = {
    elsewhere: `${name} is outside the program folders of this host (${folders}).`,
    'no-name': `"${name}" is no program: give a bare name or an absolute path.`,
    'no-program': `This host has no program ${name}; looked in ${folders}.`,
  }
  return new JailopsError('step_failed', sentences[refusal])
}

function isInFolders(path: string, folders: readonly string[]): boolean {
  return normalize(path) === path && folders.some((folder) => path.startsWith(`${folder}/`))
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
