import type { InsideDriver } from '../../core/drivers.ts'
import type { Jail, Template } from '../../core/jail.ts'
import { foldersAbove, type SeenInside } from '../../core/seen-inside.ts'
import type { Probe, RunAction, Step } from '../../core/step.ts'
import { contentIs, writeInside } from './run.ts'

type Named = Pick<Jail, 'name' | 'kernelName'>

/** One file by the jail's own tee, and back to what stood there. */
export const writeFile: InsideDriver['write'] = (jail, path, content, title, seen) => {
  const step = writeInside(jail, path, content, title)
  if (seen === undefined) return step
  const before = seen.files.get(path)
  if (before === undefined) return { ...step, undo: [{ action: inside(jail, ['rm', '-f', path]), unless: isMissing(jail, path) }] }
  if (before.text === undefined)
    return { ...step, final: `what stands in ${path} cannot be kept: it is too long, no plain text, or seems to hold a secret` }
  return {
    ...step,
    undo: [{ action: { ...inside(jail, ['tee', path]), stdin: before.text }, unless: contentIs(jail.kernelName, path, before.text) }],
  }
}

/** A file of a template: the folders above it, its content, its mode. */
export function placeFile(jail: Jail, { path, content, mode }: Template['files'][number], seen: SeenInside | undefined): Step[] {
  return [
    ...makeFolders(jail, path, seen),
    writeFile(jail, path, content, `Write ${path} in ${jail.name}`, seen),
    {
      title: `Give ${path} the mode ${mode}`,
      action: inside(jail, ['chmod', mode, path]),
      done: hasMode(jail, path, mode),
      ...modeAsBefore(jail, path, seen),
    },
  ]
}

/** In a new jail in one go; elsewhere one by one, so that those that were missing are taken away again. */
function makeFolders(jail: Named, path: string, seen: SeenInside | undefined): Step[] {
  const folders = foldersAbove(path)
  const last = folders.at(-1)
  if (last === undefined) return []
  if (seen === undefined)
    return [{ title: `Make ${last} in ${jail.name}`, action: inside(jail, ['mkdir', '-p', last]), done: isFolder(jail, last) }]
  return folders
    .filter((folder) => !seen.folders.has(folder))
    .map((folder) => ({
      title: `Make ${folder} in ${jail.name}`,
      action: inside(jail, ['mkdir', '-p', folder]),
      done: isFolder(jail, folder),
      undo: [{ action: inside(jail, ['rmdir', folder]), unless: isMissing(jail, folder) }],
    }))
}

/** Of a file that was not there the writing is taken back next, and its mode with it. */
function modeAsBefore(jail: Named, path: string, seen: SeenInside | undefined): Pick<Step, 'undo'> {
  const before = seen?.files.get(path)
  if (before === undefined) return {}
  return { undo: [{ action: inside(jail, ['chmod', before.mode, path]), unless: hasMode(jail, path, before.mode) }] }
}

function hasMode({ kernelName }: Named, path: string, mode: string): Probe {
  return { kind: 'command', argv: ['jexec', kernelName, 'stat', '-L', '-f', '%Lp', path], stdout: mode.replace(/^0/, '') }
}

function isFolder({ kernelName }: Named, path: string): Probe {
  return { kind: 'command', argv: ['jexec', kernelName, 'test', '-d', path], exitCode: 0 }
}

function isMissing({ kernelName }: Named, path: string): Probe {
  return { kind: 'command', argv: ['jexec', kernelName, 'test', '-e', path], notExitCode: 0 }
}

function inside({ kernelName }: Named, words: readonly string[]): RunAction {
  return { kind: 'run', argv: ['jexec', kernelName, ...words], timeoutSeconds: 60 }
}
