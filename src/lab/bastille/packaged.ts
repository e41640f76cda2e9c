import { run, ask, type Bastille } from './session.ts'

/** Where bastille keeps the repositories that a release's base comes from. */
export const repositoriesFolder = '/usr/local/share/bastille/pkgbase'

export const repositories = ['0', '1', '2', '3']
  .map(
    (minor) => `FreeBSD-base-release-${minor}: {\n  url: "pkg+https://pkg.FreeBSD.org/\${ABI}/base_release_${minor}",\n  enabled: yes\n}\n`,
  )
  .join('')

/** A release as packages: `bootstrap -p`. */
export function installBase(bastille: Bastille, release: string, root: string): Promise<number> {
  return basePkg(bastille, release, root, ['install', '-r', repositoryOf(release), 'FreeBSD-set-base-jail'])
}

export function upgradeBase(bastille: Bastille, release: string, root: string): Promise<number> {
  return basePkg(bastille, release, root, ['upgrade', '-r', repositoryOf(release)])
}

/** By the package that /usr/bin/uname belongs to. */
export async function isPackaged(bastille: Bastille, root: string): Promise<boolean> {
  return (await ask(bastille, 'pkg', ['-r', root, 'which', '/usr/bin/uname'])).code === 0
}

function repositoryOf(release: string): string {
  return `FreeBSD-base-release-${/\.([0-9])/.exec(release)?.[1] ?? ''}`
}

function basePkg(bastille: Bastille, release: string, root: string, words: string[]): Promise<number> {
  const options = [`ABI=FreeBSD:${Number.parseInt(release)}:amd64`, 'IGNORE_OSVERSION=yes', 'ASSUME_ALWAYS_YES=yes']
  return run(bastille, 'pkg', [
    '--rootdir',
    root,
    '--repo-conf-dir',
    repositoriesFolder,
    ...options.flatMap((each) => ['-o', each]),
    ...words,
  ])
}
