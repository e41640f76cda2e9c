import type { Step } from '../../core/step.ts'

/** The image of an installation disc, as its sets are seen in a folder while `work` is done: attached, mounted, and all of that given back. */
export function withDisc(disc: { path: string; unit: number }, folder: string, work: (sets: string) => Step[]): Step[] {
  const device = `/dev/md${disc.unit}`
  return [
    { title: 'Make a place to mount the disc', action: { kind: 'folder', path: folder, mode: 0o700 } },
    { ...attach(disc), undo: [{ action: detach(disc).action, unless: detach(disc).done }] },
    { ...mount(device, folder), undo: [{ action: unmount(device, folder).action, unless: unmount(device, folder).done }] },
    ...work(`${folder}/usr/freebsd-dist`),
    // whatever fails after this takes the work back: it may need the disc for that
    { ...unmount(device, folder), undo: [{ action: mount(device, folder).action, unless: mount(device, folder).done }] },
    { ...detach(disc), undo: [{ action: attach(disc).action, unless: attach(disc).done }] },
    { title: 'Take that place away', action: { kind: 'remove-folder', path: folder } },
  ]
}

type Run = Extract<Step['action'], { kind: 'run' }>
type Part = Step & { action: Run; done: NonNullable<Step['done']> }

/** A unit that somebody took in the meantime is busy, and stays his: what held before is not taken back. */
function attach({ path, unit }: { path: string; unit: number }): Part {
  return {
    title: `Attach the disc ${path}`,
    action: { kind: 'run', argv: ['mdconfig', '-a', '-t', 'vnode', '-u', `${unit}`, '-f', path], timeoutSeconds: 60 },
    done: { kind: 'command', argv: ['mdconfig', '-l'], word: `md${unit}` },
  }
}

function detach({ unit }: { unit: number }): Part {
  return {
    title: 'Detach the disc',
    action: { kind: 'run', argv: ['mdconfig', '-d', '-u', `${unit}`], timeoutSeconds: 60 },
    done: { kind: 'command', argv: ['mdconfig', '-l'], noWord: `md${unit}` },
  }
}

function mount(device: string, folder: string): Part {
  return {
    title: 'Mount it, read-only',
    action: { kind: 'run', argv: ['mount', '-t', 'cd9660', '-o', 'ro', device, folder], timeoutSeconds: 60 },
    done: { kind: 'command', argv: ['mount', '-p'], word: device },
  }
}

function unmount(device: string, folder: string): Part {
  return {
    title: 'Unmount the disc',
    action: { kind: 'run', argv: ['umount', folder], timeoutSeconds: 60 },
    done: { kind: 'command', argv: ['mount', '-p'], noWord: device },
  }
}
