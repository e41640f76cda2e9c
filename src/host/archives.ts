import type { ArchiveDriver, JailDriver } from '../core/drivers.ts'
import type { Facts } from '../core/host.ts'
import type { Archive, ArchiveManifest, Jail } from '../core/jail.ts'
import type { Step } from '../core/step.ts'
import { datasetOfRoot } from './zfs.ts'

/**
 * An exported jail is its root as a tar archive, with a manifest beside it: any manager can make a jail of it again. What shows through
 * mounts is not in it: the jail is stopped, and tar stays on one filesystem.
 */
export function createArchiveDriver({ layout, datasets }: Pick<Facts, 'layout' | 'datasets'>, jails: JailDriver): ArchiveDriver {
  const folder = layout.archives
  return {
    write(jail, request) {
      const archive = `${folder}/${jail.name}-${request}`
      datasetOfRoot(datasets, jail.root)
      return [
        {
          title: `Check that ${jail.name} is stopped`,
          action: {
            kind: 'require',
            otherwise: `${jail.name} runs (again), so its files may change while they are read. Nothing was written.`,
          },
          done: { kind: 'jail', name: jail.kernelName, running: false },
        },
        { title: 'Make the folder of archives, closed to other users', action: { kind: 'folder', path: folder, mode: 0o700 } },
        pack(jail, `${archive}.part`),
        { title: 'Give the archive its name', action: { kind: 'move', from: `${archive}.part`, to: `${archive}.txz` } },
        {
          title: `Note what ${jail.name} was`,
          action: { kind: 'write', path: `${archive}.json`, content: `${JSON.stringify(manifestOf(jail), null, 2)}\n`, mode: 0o600 },
        },
      ]
    },
    read: (archive, jail, request) => jails.make({ ...jail, archive: archive.path }, request),
    remove: (archive) => [
      { title: `Remove the note of ${archive.name}`, action: { kind: 'remove', path: archive.path.replace(/\.txz$/, '.json') } },
      removeArchive(archive),
    ],
  }
}

/** Half an archive looks like a whole one: only the journal knows. */
function pack({ name, root }: Jail, part: string): Step {
  return {
    title: `Pack the files of ${name}`,
    action: { kind: 'run', argv: ['tar', '--one-file-system', '-cJpf', part, '-C', root, '.'], timeoutSeconds: 3600 },
    done: { kind: 'journal-only', path: part },
    undo: [{ action: { kind: 'run', argv: ['rm', '-f', part], timeoutSeconds: 60 }, unless: { kind: 'path', path: part, exists: false } }],
  }
}

function removeArchive({ name, path }: Archive): Step {
  return {
    title: `Remove the archive ${name}`,
    action: { kind: 'run', argv: ['rm', '-f', path], timeoutSeconds: 60 },
    done: { kind: 'path', path, exists: false },
    final: 'an archive that is removed cannot be brought back',
  }
}

function manifestOf({ name, manager, type, release, startsAtBoot }: Jail): ArchiveManifest {
  return { name, manager, type: type ?? 'thick', startsAtBoot, ...(release !== undefined && { release }) }
}
